package dev.plinth.examples.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import dev.plinth.apply.FieldChange;
import dev.plinth.manifest.ObjectReference;
import dev.plinth.plan.Plan;
import dev.plinth.plan.PlannedChange;
import java.util.List;

/** A plan as JSON. The shape is an interface: names and types stay, new fields may come. */
final class PlanJson {

  private static final ObjectWriter WRITER = new ObjectMapper().writerWithDefaultPrettyPrinter();

  private PlanJson() {}

  static String render(Plan plan) {
    Document document =
        new Document(
            plan.objects().stream().map(Entry::of).toList(), plan.isEmpty(), plan.warnings());
    try {
      return WRITER.writeValueAsString(document) + System.lineSeparator();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("records of text and booleans are always JSON", e);
    }
  }

  private record Document(List<Entry> objects, boolean empty, List<String> warnings) {}

  private record Entry(
      String addon,
      String change,
      String apiVersion,
      String kind,
      String namespace,
      String name,
      boolean verified,
      List<FieldChange> fields,
      String message) {

    static Entry of(PlannedChange change) {
      ObjectReference object = change.preview().object();
      return new Entry(
          change.addon(),
          change.preview().change().name(),
          object.apiVersion(),
          object.kind(),
          object.namespace(),
          object.name(),
          change.preview().verified(),
          change.preview().fields(),
          change.preview().message());
    }
  }
}
