package dev.plinth.manifest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.io.JsonEOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads JSON values that follow each other. JSON is not quite YAML (escapes of characters beyond 16
 * bits, keys of any length, tabs), and kubectl tries it first as well.
 */
final class JsonReader {

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              // Size and depth are limited here, and with a better message.
              StreamReadConstraints.builder()
                  .maxStringLength(Integer.MAX_VALUE)
                  .maxNameLength(Integer.MAX_VALUE)
                  .maxNumberLength(Integer.MAX_VALUE)
                  .maxNestingDepth(Integer.MAX_VALUE)
                  .build())
          .build();

  private final String source;
  private final String text;
  private final NodeBudget budget;

  JsonReader(String source, String text, NodeBudget budget) {
    this.source = source;
    this.text = text;
    this.budget = budget;
  }

  /** Whether kubectl would try to read the text as JSON. */
  static boolean mayBeJson(String text) {
    return text.stripLeading().startsWith("{");
  }

  /**
   * Reads up to the end, or to the first place that is not JSON.
   *
   * @throws ManifestException if it is JSON that is refused, for instance with a key twice
   */
  Outcome read() {
    List<Value> values = new ArrayList<>();
    int end = 0;
    long spent = budget.spent();
    try (JsonParser parser = JSON.createParser(text)) {
      while (parser.nextToken() != null) {
        values.add(value(parser, FieldPath.ROOT, 0));
        end = (int) parser.currentLocation().getCharOffset();
        spent = budget.spent();
      }
      return new Outcome(values, text.length(), Optional.empty());
    } catch (JsonProcessingException e) {
      budget.refund(budget.spent() - spent);
      return new Outcome(values, end, Optional.of(syntaxProblem(e)));
    } catch (IOException e) {
      throw new UncheckedIOException("reading a string", e);
    }
  }

  /**
   * @param values what was read
   * @param end offset of what was not
   * @param problem why reading ended before the text did
   */
  record Outcome(List<Value> values, int end, Optional<ManifestProblem> problem) {}

  private Value value(JsonParser parser, FieldPath path, int depth) throws IOException {
    Position position = position(parser.currentTokenLocation());
    JsonToken token = parser.currentToken();
    if (token.isStructStart() && depth >= budget.depthLimit()) {
      throw problem(
          position, path, "found more than %d levels of nesting".formatted(budget.depthLimit()));
    }
    spend(position, path);
    return switch (token) {
      case START_OBJECT -> mapping(parser, position, path, depth);
      case START_ARRAY -> sequence(parser, position, path, depth);
      default -> new Value.Scalar(position, scalar(parser, position, path));
    };
  }

  private Value sequence(JsonParser parser, Position position, FieldPath path, int depth)
      throws IOException {
    List<Value> items = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      items.add(value(parser, path.index(items.size()), depth + 1));
    }
    return Value.Sequence.of(position, items);
  }

  private Value mapping(JsonParser parser, Position position, FieldPath path, int depth)
      throws IOException {
    MappingBuilder mapping = new MappingBuilder(position);
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      Position keyPosition = position(parser.currentTokenLocation());
      String key = wellFormed(parser.currentName(), keyPosition, path);
      FieldPath member = path.key(key);
      spend(keyPosition, member);
      parser.nextToken();
      Value value = value(parser, member, depth + 1);
      Optional<String> refusal = mapping.put(key, new Value.Member(keyPosition, value));
      if (refusal.isPresent()) {
        throw problem(keyPosition, member, refusal.get());
      }
    }
    return mapping.build();
  }

  private GoScalar scalar(JsonParser parser, Position position, FieldPath path) throws IOException {
    return switch (parser.currentToken()) {
      case VALUE_STRING -> new GoScalar.Text(wellFormed(parser.getText(), position, path));
      case VALUE_TRUE -> new GoScalar.Bool(true);
      case VALUE_FALSE -> new GoScalar.Bool(false);
      case VALUE_NULL -> new GoScalar.Null();
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(parser.getText(), position, path);
      default -> throw new IllegalStateException("unexpected token " + parser.currentToken());
    };
  }

  private GoScalar number(String digits, Position position, FieldPath path) {
    try {
      return new GoScalar.Int(Long.parseLong(digits));
    } catch (NumberFormatException e) {
      double value = Double.parseDouble(digits);
      if (Double.isInfinite(value)) {
        throw problem(position, path, "found a number beyond the range of 64-bit floats");
      }
      return new GoScalar.Float(value);
    }
  }

  private String wellFormed(String value, Position position, FieldPath path) {
    if (!Utf8Text.isWellFormed(value)) {
      throw problem(position, path, "found an escape of half a character, \\uD800 to \\uDFFF");
    }
    return value;
  }

  private void spend(Position position, FieldPath path) {
    if (!budget.spend(1)) {
      throw problem(position, path, "found more than %d values".formatted(budget.nodeLimit()));
    }
  }

  /** Says what Jackson says only where that cannot quote a value. */
  private ManifestProblem syntaxProblem(JsonProcessingException e) {
    String message = "found invalid JSON";
    if (e instanceof JsonEOFException) {
      message = "found the end of the file within a JSON value";
    } else if (e.getOriginalMessage().startsWith("Unexpected character")) {
      message = e.getOriginalMessage();
    }
    return new ManifestProblem(position(e.getLocation()).in(source), "", message);
  }

  private static Position position(JsonLocation location) {
    return new Position(location.getLineNr(), location.getColumnNr());
  }

  private ManifestException problem(Position position, FieldPath path, String message) {
    return new ManifestException(
        new ManifestProblem(position.in(source), path.toString(), message));
  }
}
