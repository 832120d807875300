package dev.plinth.helm.engine;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Comparator;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Takes values out of messages: as they are, in base64, as JSON and Go write them, and each line of
 * those with several. What is too short to be told from the words of a message is taken out only
 * where it stands alone.
 */
public final class Redaction {
  static final String MASK = "***";

  private static final int TELLING = 6;
  private static final ObjectMapper JSON = JsonMapper.builder().build();

  /** Longest first, or a part of a longer one would be all that is taken out of that. */
  private final Set<String> texts =
      new TreeSet<>(
          Comparator.comparingInt(String::length)
              .reversed()
              .thenComparing(Comparator.naturalOrder()));

  private Redaction() {}

  /** Takes out what is secret in any of these values. */
  public static Redaction of(ReleaseValues... values) {
    Redaction redaction = new Redaction();
    for (ReleaseValues each : values) {
      ObjectNode document = each.document();
      each.secrets().forEach(pointer -> redaction.collect(document.at(pointer)));
    }
    return redaction;
  }

  static Redaction of(ObjectNode document, Set<JsonPointer> secrets) {
    Redaction redaction = new Redaction();
    secrets.forEach(pointer -> redaction.collect(document.at(pointer)));
    return redaction;
  }

  /** For what has no values. */
  static Redaction none() {
    return new Redaction();
  }

  private void collect(JsonNode node) {
    if (node.isContainerNode()) {
      node.forEach(this::collect);
    } else if (node.isTextual()) {
      collect(node.textValue());
    } else if (node.isNumber()) {
      add(node.asText());
    }
  }

  private void collect(String text) {
    add(text);
    text.lines().map(String::strip).forEach(this::add);
    add(Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)));
    String quoted = JSON.valueToTree(text).toString();
    add(quoted.substring(1, quoted.length() - 1));
  }

  private void add(String text) {
    // One or two characters alone tell nothing and are everywhere.
    if (text.length() > 2 && !text.equals("true") && !text.equals("false")) {
      texts.add(text);
    }
  }

  /** The message, with stars for what is secret. */
  public String apply(String message) {
    String redacted = message;
    for (String text : texts) {
      redacted =
          text.length() >= TELLING
              ? redacted.replace(text, MASK)
              : Pattern.compile("(?<!\\w)" + Pattern.quote(text) + "(?!\\w)")
                  .matcher(redacted)
                  .replaceAll(Matcher.quoteReplacement(MASK));
    }
    return redacted;
  }
}
