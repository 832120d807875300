package dev.plinth.examples.server;

import dev.plinth.apply.FieldChange;
import dev.plinth.manifest.ObjectReference;
import dev.plinth.plan.Plan;
import dev.plinth.plan.PlannedChange;
import java.util.List;

/** A plan for programs. */
record PlanDocument(List<Entry> objects, boolean empty, List<String> warnings) {

  static PlanDocument of(Plan plan) {
    return new PlanDocument(
        plan.objects().stream().map(Entry::of).toList(), plan.isEmpty(), plan.warnings());
  }

  /** What would become of an object. */
  record Entry(
      String addon,
      String change,
      String apiVersion,
      String kind,
      String namespace,
      String name,
      boolean verified,
      List<FieldChange> fields,
      String message) {

    private static Entry of(PlannedChange change) {
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
