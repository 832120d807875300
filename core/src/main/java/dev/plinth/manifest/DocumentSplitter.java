package dev.plinth.manifest;

import java.util.ArrayList;
import java.util.List;

/**
 * Cuts a text into YAML documents as kubectl does: at lines that begin with three dashes, without a
 * look at the YAML around them. So a certificate at the beginning of a line, which YAML would have
 * to quote, is an invalid separator.
 */
final class DocumentSplitter {

  private static final String SEPARATOR = "---";

  private final String source;

  DocumentSplitter(String source) {
    this.source = source;
  }

  /**
   * @param whole what to cut
   * @param problems takes the separators that kubectl refuses
   */
  List<Part> split(Part whole, List<ManifestProblem> problems) {
    String text = whole.text();
    List<Part> parts = new ArrayList<>();
    int line = whole.start().line();
    Position partStart = whole.start();
    int partOffset = 0;
    int offset = 0;
    while (offset < text.length()) {
      int end = text.indexOf('\n', offset);
      int next = end < 0 ? text.length() : end + 1;
      if (text.startsWith(SEPARATOR, offset)) {
        String rest = text.substring(offset + SEPARATOR.length(), next).strip();
        if (!rest.isEmpty() && rest.charAt(0) != '#') {
          problems.add(
              new ManifestProblem(
                  new SourceLocation(source, line, 1 + SEPARATOR.length()),
                  "",
                  "found text after the document separator '---', expected it alone on its line"));
        }
        parts.add(Part.ofLines(text.substring(partOffset, offset), partStart));
        partOffset = next;
        partStart = new Position(line + 1, 1);
      }
      offset = next;
      line++;
    }
    parts.add(Part.ofLines(text.substring(partOffset), partStart));
    return parts;
  }

  /**
   * The text of one document.
   *
   * @param text without separators
   * @param start where in the file it begins
   */
  record Part(String text, Position start) {

    /** kubectl reads whole lines: a block scalar at the end of the file has its line break. */
    private static Part ofLines(String text, Position start) {
      boolean isComplete = text.isEmpty() || text.endsWith("\n");
      return new Part(isComplete ? text : text + "\n", start);
    }

    /** Where in the file a place of the text is; both count from 0. */
    Position positionOf(int line, int column) {
      return new Position(start.line() + line, line == 0 ? start.column() + column : 1 + column);
    }
  }
}
