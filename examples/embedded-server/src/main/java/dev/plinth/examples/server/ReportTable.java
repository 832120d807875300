package dev.plinth.examples.server;

import dev.plinth.report.AddonState;
import dev.plinth.report.AddonStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A report as a table for people: one row for each add-on, then one for each user's file. */
final class ReportTable {

  private static final String GAP = "   ";

  private ReportTable() {}

  static String render(ServerReport report) {
    List<String> lines = new ArrayList<>(table("ADD-ON", report.addons().addons()));
    if (!report.addons().files().isEmpty()) {
      lines.add("");
      lines.addAll(table("FILE", report.addons().files()));
    }
    lines.add("");
    report.notes().forEach(it -> lines.add(onOneLine(it)));
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

  /** The rows without a header, columns aligned: what the live display shows. */
  static List<String> rows(List<AddonStatus> statuses) {
    return aligned(statuses.stream().map(ReportTable::cells).toList());
  }

  private static List<String> table(String title, List<AddonStatus> statuses) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of(title, "STATE", "OBJECTS", "TIME", "MESSAGE"));
    statuses.forEach(it -> rows.add(cells(it)));
    return aligned(rows);
  }

  private static List<String> cells(AddonStatus status) {
    return List.of(
        onOneLine(status.name()),
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
    return onOneLine(fine ? status.message() : status.reason() + ": " + status.message());
  }

  /** Messages quote what others wrote: they must neither break the row nor reach the terminal. */
  private static String onOneLine(String text) {
    return text.replaceAll("\\p{Cntrl}+", " ").strip();
  }

  private static List<String> aligned(List<List<String>> rows) {
    int columns = rows.isEmpty() ? 0 : rows.get(0).size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    return rows.stream().map(row -> line(row, widths)).toList();
  }

  private static String line(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < row.size(); i++) {
      String cell = row.get(i);
      String padding = " ".repeat(widths[i] - cell.length());
      boolean number = i == 2 || i == 3;
      line.append(i == 0 ? "" : GAP).append(number ? padding + cell : cell + padding);
    }
    return line.toString().stripTrailing();
  }
}
