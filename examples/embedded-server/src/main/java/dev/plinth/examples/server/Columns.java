package dev.plinth.examples.server;

import java.util.List;
import java.util.Set;

/** Rows of cells as lines with aligned columns. */
final class Columns {

  private static final String GAP = "   ";

  private Columns() {}

  static List<String> aligned(List<List<String>> rows) {
    return aligned(rows, Set.of());
  }

  /**
   * The lines, without spaces at their ends.
   *
   * @param rows all of one length
   * @param numbers the columns that are aligned at their right
   */
  static List<String> aligned(List<List<String>> rows, Set<Integer> numbers) {
    int columns = rows.isEmpty() ? 0 : rows.get(0).size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    return rows.stream().map(row -> line(row, widths, numbers)).toList();
  }

  /** Cells quote what others wrote: they must neither break the row nor reach the terminal. */
  static String onOneLine(String text) {
    return text.replaceAll("\\p{Cntrl}+", " ").strip();
  }

  private static String line(List<String> row, int[] widths, Set<Integer> numbers) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < row.size(); i++) {
      String cell = row.get(i);
      String padding = " ".repeat(widths[i] - cell.length());
      line.append(i == 0 ? "" : GAP).append(numbers.contains(i) ? padding + cell : cell + padding);
    }
    return line.toString().stripTrailing();
  }
}
