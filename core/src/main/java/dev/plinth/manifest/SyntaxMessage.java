package dev.plinth.manifest;

import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;

/** What the YAML library says of a text that is no YAML, without what it quotes of the text. */
final class SyntaxMessage {

  /** Where its words quote more than one character. */
  private static final Pattern QUOTE =
      Pattern.compile("(tag handle|valid version:|numbers, but found:) .*", Pattern.DOTALL);

  /** In a message it would begin another line of a log. */
  private static final Pattern CONTROL_CHARACTER = Pattern.compile("\\p{Cntrl}");

  private SyntaxMessage() {}

  static String of(MarkedYamlEngineException e) {
    String context = e.getContext() == null ? "" : e.getContext() + ": ";
    String problem = QUOTE.matcher(e.getProblem()).replaceAll("$1");
    return context
        + CONTROL_CHARACTER
            .matcher(problem)
            .replaceAll(it -> "U+%04X".formatted(it.group().codePointAt(0)));
  }
}
