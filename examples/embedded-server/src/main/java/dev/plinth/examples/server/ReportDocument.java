package dev.plinth.examples.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import dev.plinth.report.AddonStatus;
import java.util.List;

/** A report as JSON. The shape is an interface: names and types stay, new fields may come. */
final class ReportJson {

  private static final ObjectWriter WRITER = new ObjectMapper().writerWithDefaultPrettyPrinter();

  private ReportJson() {}

  static String render(ServerReport report) {
    Document document =
        new Document(
            entries(report.addons().addons()),
            entries(report.addons().files()),
            report.notes(),
            report.kubeconfig().toString());
    return write(document);
  }

  static String renderFiles(ServerReport report) {
    return write(
        new FilesDocument(entries(report.addons().files()), report.kubeconfig().toString()));
  }

  private static String write(Record document) {
    try {
      return WRITER.writeValueAsString(document) + System.lineSeparator();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("records of text and numbers are always JSON", e);
    }
  }

  private static List<Entry> entries(List<AddonStatus> statuses) {
    return statuses.stream().map(Entry::of).toList();
  }

  private record Document(
      List<Entry> addons, List<Entry> files, List<String> notes, String kubeconfig) {}

  private record FilesDocument(List<Entry> files, String kubeconfig) {}

  private record Entry(
      String name, String state, String reason, String message, int objects, double seconds) {

    static Entry of(AddonStatus status) {
      return new Entry(
          status.name(),
          status.state().name(),
          status.reason(),
          status.message(),
          status.objects(),
          status.time().toMillis() / 1000.0);
    }
  }
}
