package dev.plinth.manifest;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which value the text of a YAML scalar means to kubectl: the rules of Go's YAML (version 1.1 with
 * changes: {@code yes} is a boolean, {@code 010} and {@code 0o10} are eight, {@code 1_000} is a
 * number, {@code 12:30} and dates are strings).
 */
final class ScalarResolver {

  private static final String PREFIX = "tag:yaml.org,2002:";

  private static final Map<String, GoScalar> WORDS = words();

  /** As many digits as 64 bits can have; longer ones are floats or text. */
  private static final Pattern INTEGER =
      Pattern.compile(
          "([-+]?)(?:0[xX]0*([0-9a-fA-F]{1,16})|0[oO]?0*([0-7]{1,22})|0[bB]0*([01]{1,64})|([1-9][0-9]{0,19}|0))");

  /** Go's parser of binary numbers is handed what follows {@code 0b}, a sign included. */
  private static final Pattern BINARY_WITH_INNER_SIGN = Pattern.compile("0b([-+])0*([01]{1,64})");

  private static final Pattern FLOAT =
      Pattern.compile("[-+]?(?:\\.[0-9]+|[0-9]+(?:\\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?");

  /** What begins with a point goes to Go's float parser as it is, which allows separators. */
  private static final Pattern FLOAT_FROM_POINT =
      Pattern.compile(
          "(?!.*__)\\.(?=[0-9])[0-9_]+(?<=[0-9])(?:[eE][-+]?(?=[0-9])[0-9_]+(?<=[0-9]))?");

  private static final BigInteger MAX_UNSIGNED = BigInteger.TWO.pow(64).subtract(BigInteger.ONE);

  /** Resolves an unquoted scalar without a tag. */
  GoScalar plain(String text) {
    GoScalar word = WORDS.get(text);
    if (word != null) {
      return word;
    }
    if (text.isEmpty()) {
      return new GoScalar.Null();
    }
    char first = text.charAt(0);
    Optional<GoScalar> number = Optional.empty();
    if (first == '.') {
      number = FLOAT_FROM_POINT.matcher(text).matches() ? toFloat(text) : Optional.empty();
    } else if (first == '+' || first == '-' || isDigit(first)) {
      String digits = text.replace("_", "");
      number = toInteger(digits).or(() -> toFloatIfWellFormed(digits));
    }
    return number.orElseGet(() -> new GoScalar.Text(text));
  }

  /**
   * Resolves a scalar with an explicit tag, in whatever style it is written.
   *
   * @param tag in its long form, {@code tag:yaml.org,2002:int}
   * @throws MismatchException if the text is none of what the tag promises
   */
  GoScalar tagged(String tag, String text) throws MismatchException {
    String kind = tag.startsWith(PREFIX) ? tag.substring(PREFIX.length()) : "";
    return switch (kind) {
      case "bool" -> requireType(GoScalar.Bool.class, plain(text), tag);
      case "null" -> requireType(GoScalar.Null.class, plain(text), tag);
      case "int" -> {
        GoScalar value = plain(text);
        yield value instanceof GoScalar.Unsigned
            ? value
            : requireType(GoScalar.Int.class, value, tag);
      }
      case "float" -> {
        GoScalar value = plain(text);
        yield value instanceof GoScalar.Int integer
            ? new GoScalar.Float(integer.value())
            : requireType(GoScalar.Float.class, value, tag);
      }
      case "binary" -> new GoScalar.Text(decode(text));
      case "timestamp" ->
          throw new MismatchException("JSON has no timestamps: remove the tag %s".formatted(tag));
      // Text for every other tag, those of collections and private ones included.
      default -> new GoScalar.Text(text);
    };
  }

  private static GoScalar requireType(Class<? extends GoScalar> type, GoScalar value, String tag)
      throws MismatchException {
    if (!type.isInstance(value)) {
      throw new MismatchException("found %s, expected a %s".formatted(value.typeName(), tag));
    }
    return value;
  }

  private static Optional<GoScalar> toInteger(String digits) {
    Matcher inner = BINARY_WITH_INNER_SIGN.matcher(digits);
    if (inner.matches()) {
      return toInteger(new BigInteger(inner.group(1) + inner.group(2), 2), false);
    }
    Matcher matcher = INTEGER.matcher(digits);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    BigInteger magnitude;
    if (matcher.group(2) != null) {
      magnitude = new BigInteger(matcher.group(2), 16);
    } else if (matcher.group(3) != null) {
      magnitude = new BigInteger(matcher.group(3), 8);
    } else if (matcher.group(4) != null) {
      magnitude = new BigInteger(matcher.group(4), 2);
    } else {
      magnitude = new BigInteger(matcher.group(5));
    }
    String sign = matcher.group(1);
    return toInteger(sign.equals("-") ? magnitude.negate() : magnitude, sign.isEmpty());
  }

  private static Optional<GoScalar> toInteger(BigInteger value, boolean mayBeUnsigned) {
    if (value.bitLength() < Long.SIZE) {
      return Optional.of(new GoScalar.Int(value.longValueExact()));
    }
    return mayBeUnsigned && value.compareTo(MAX_UNSIGNED) <= 0
        ? Optional.of(new GoScalar.Unsigned(value))
        : Optional.empty();
  }

  private static Optional<GoScalar> toFloatIfWellFormed(String digits) {
    return FLOAT.matcher(digits).matches() ? toFloat(digits) : Optional.empty();
  }

  /** Empty if it is too large for a float: Go then takes it for text. */
  private static Optional<GoScalar> toFloat(String digits) {
    double value = Double.parseDouble(digits.replace("_", ""));
    return Double.isInfinite(value) ? Optional.empty() : Optional.of(new GoScalar.Float(value));
  }

  private static String decode(String text) throws MismatchException {
    String base64 = text.replace("\n", "").replace("\r", "");
    try {
      if (base64.length() % 4 == 0) {
        ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(base64));
        return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
      }
    } catch (IllegalArgumentException | CharacterCodingException e) {
      // Neither cause is kept: their messages may quote what is in a Secret.
    }
    throw new MismatchException(
        "found no base64 of UTF-8 text behind the tag %sbinary: remove the tag, the data of a Secret is base64 without one"
            .formatted(PREFIX));
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static Map<String, GoScalar> words() {
    Map<String, GoScalar> words = new HashMap<>();
    for (String word : new String[] {"y", "yes", "true", "on"}) {
      putCases(words, word, new GoScalar.Bool(true));
    }
    for (String word : new String[] {"n", "no", "false", "off"}) {
      putCases(words, word, new GoScalar.Bool(false));
    }
    putCases(words, "null", new GoScalar.Null());
    words.put("~", new GoScalar.Null());
    for (String word : new String[] {".inf", ".Inf", ".INF"}) {
      words.put(word, new GoScalar.Float(Double.POSITIVE_INFINITY));
      words.put("+" + word, new GoScalar.Float(Double.POSITIVE_INFINITY));
      words.put("-" + word, new GoScalar.Float(Double.NEGATIVE_INFINITY));
    }
    for (String word : new String[] {".nan", ".NaN", ".NAN"}) {
      words.put(word, new GoScalar.Float(Double.NaN));
    }
    return Map.copyOf(words);
  }

  private static void putCases(Map<String, GoScalar> words, String lower, GoScalar value) {
    String upper = lower.toUpperCase(Locale.ROOT);
    words.put(lower, value);
    words.put(upper, value);
    words.put(upper.charAt(0) + lower.substring(1), value);
  }

  /** The text of a scalar is none of what its tag promises; the message holds no values. */
  static final class MismatchException extends Exception {

    private static final long serialVersionUID = 1L;

    MismatchException(String message) {
      super(message);
    }
  }
}
