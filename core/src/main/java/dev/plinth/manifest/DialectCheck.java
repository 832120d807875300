package dev.plinth.manifest;

import java.util.Optional;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * Finds what kubectl, which reads YAML 1.1, would read differently from the parser used here, which
 * reads YAML 1.2, or not at all. To be asked about events in the order of the text.
 */
final class DialectCheck {

  /** Escapes of JSON that YAML 1.1 has not. */
  private static final Pattern JSON_ESCAPE =
      Pattern.compile("(?<!\\\\)(?:\\\\\\\\)*\\\\(?:/|u[dD][89a-fA-F])");

  private static final String FLOW_INDICATORS = ",[]{}";

  private final String text;
  private final CodePointIndex index;
  private final boolean mayHaveJsonEscapes;

  DialectCheck(String text) {
    this.text = text;
    this.index = new CodePointIndex(text);
    // Most texts have no backslash, and the pattern looks behind at every character.
    this.mayHaveJsonEscapes = text.indexOf('\\') >= 0 && JSON_ESCAPE.matcher(text).find();
  }

  /**
   * Finds the first character that is refused wherever it stands: control characters by kubectl,
   * and here also the line breaks that only YAML 1.1 knows.
   */
  Optional<Finding> unreadableCharacter() {
    for (int offset = 0; offset < text.length(); ) {
      int character = text.codePointAt(offset);
      boolean isOldLineBreak = character == 0x85 || character == 0x2028 || character == 0x2029;
      if (isOldLineBreak || !StreamReader.isPrintable(character)) {
        String message =
            "found the %s U+%04X, expected it escaped in double quotes"
                .formatted(isOldLineBreak ? "line break" : "control character", character);
        return Optional.of(new Finding(Utf8Text.endOf(text.substring(0, offset)), message));
      }
      offset += Character.charCount(character);
    }
    return Optional.empty();
  }

  /**
   * @param isInFlow whether the scalar is part of a flow collection
   * @return what is wrong with the scalar
   */
  Optional<String> refusal(ScalarEvent scalar, boolean isInFlow) {
    if (mayHaveJsonEscapes && scalar.isDQuoted()) {
      return refuseJsonEscapes(scalar);
    }
    return isInFlow && scalar.isPlain() ? refuseFlowPunctuation(scalar) : Optional.empty();
  }

  private Optional<String> refuseJsonEscapes(ScalarEvent scalar) {
    String raw = text.substring(offset(scalar.getStartMark()), offset(scalar.getEndMark()));
    return JSON_ESCAPE.matcher(raw).find()
        ? Optional.of(
            "found an escape that only JSON has, '\\/' or half a character: write '/', or '\\U'"
                + " with eight digits")
        : Optional.empty();
  }

  /** In YAML 1.1 the colon of {@code [a:]} is text and the question mark of {@code [?a]} syntax. */
  private Optional<String> refuseFlowPunctuation(ScalarEvent scalar) {
    int end = offset(scalar.getEndMark());
    boolean isBeforeBareColon =
        end + 1 < text.length()
            && text.charAt(end) == ':'
            && FLOW_INDICATORS.indexOf(text.charAt(end + 1)) >= 0;
    if (!isBeforeBareColon && scalar.getValue().indexOf('?') < 0) {
      return Optional.empty();
    }
    return Optional.of(
        "found %s in an unquoted scalar of a flow collection: quote it"
            .formatted(isBeforeBareColon ? "a colon without a blank after it" : "'?'"));
  }

  private int offset(Optional<Mark> mark) {
    return index.charOffset(mark.orElseThrow().getIndex());
  }

  /**
   * @param position in the text
   * @param message what was found
   */
  record Finding(Position position, String message) {}
}
