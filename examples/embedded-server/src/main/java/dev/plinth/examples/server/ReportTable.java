package dev.plinth.examples.server;

import dev.plinth.report.AddonState;
import dev.plinth.report.AddonStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** A report as a table for people: one row for each add-on, then one for each user's file. */
final class ReportTable {

  private static final Set<Integer> NUMBERS = Set.of(2, 3);

  private ReportTable() {}

  static String render(ServerReport report) {
    List<String> lines = new ArrayList<>(table("ADD-ON", report.addons().addons()));
    if (!report.addons().files().isEmpty()) {
      lines.add("");
      lines.addAll(table("FILE", report.addons().files()));
    }
    if (!report.servers().isEmpty()) {
      lines.add("");
      lines.addAll(servers(report.servers()));
    }
    lines.add("");
    report.notes().forEach(it -> lines.add(Columns.onOneLine(it)));
    if (report.simulatedNodes()) {
      lines.add("Nodes and pods are simulated; API server, controllers and scheduler are real.");
    }
    lines.add("kubeconfig: " + report.kubeconfig());
    return String.join(System.lineSeparator(), lines) + System.lineSeparator();
  }

  static String renderFiles(ServerReport report) {
    List<AddonStatus> files = report.addons().files();
    return String.join(
            System.lineSeparator(),
            files.isEmpty() ? List.of("no files of users so far") : table("FILE", files))
        + System.lineSeparator();
  }

  private static List<String> servers(List<ServersInCluster.Server> servers) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("SERVER", "VERSION", "ROLE", "SEEN"));
    servers.forEach(
        it ->
            rows.add(
                List.of(
                    Columns.onOneLine(it.node()),
                    Columns.onOneLine(it.version()),
                    it.leads() ? "leads" : "follows",
                    "%d s ago".formatted(it.silence().toSeconds()))));
    return Columns.aligned(rows, Set.of());
  }

  /** The rows without a header, columns aligned: what the live display shows. */
  static List<String> rows(List<AddonStatus> statuses) {
    return Columns.aligned(statuses.stream().map(ReportTable::cells).toList(), NUMBERS);
  }

  private static List<String> table(String title, List<AddonStatus> statuses) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of(title, "STATE", "OBJECTS", "TIME", "MESSAGE"));
    statuses.forEach(it -> rows.add(cells(it)));
    return Columns.aligned(rows, NUMBERS);
  }

  private static List<String> cells(AddonStatus status) {
    return List.of(
        Columns.onOneLine(status.name()),
        status.state().name(),
        Integer.toString(status.objects()),
        String.format(Locale.ROOT, "%.1fs", status.time().toMillis() / 1000.0),
        message(status));
  }

  /** The reason is worth a word only where something is amiss. */
  private static String message(AddonStatus status) {
    boolean fine =
        status.state() == AddonState.READY
            || status.state() == AddonState.PROGRESSING
            || status.message().contains(status.reason());
    if (status.message().isEmpty()) {
      return status.reason();
    }
    return Columns.onOneLine(fine ? status.message() : status.reason() + ": " + status.message());
  }
}
