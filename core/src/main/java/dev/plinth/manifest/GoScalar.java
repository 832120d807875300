package dev.plinth.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * A scalar with the type that kubectl gives it. Types are those of Go's YAML; {@link #toJson()} and
 * {@link #toKey()} are what kubectl makes of them when it turns YAML into JSON.
 */
sealed interface GoScalar {

  /** As a message calls it. */
  String typeName();

  /** The JSON value; empty if JSON has none for it. */
  Optional<JsonNode> toJson();

  /** The JSON key; empty if kubectl refuses such keys. */
  Optional<String> toKey();

  record Text(String value) implements GoScalar {
    @Override
    public String typeName() {
      return "a string";
    }

    @Override
    public Optional<JsonNode> toJson() {
      return Optional.of(TextNode.valueOf(value));
    }

    @Override
    public Optional<String> toKey() {
      return Optional.of(value);
    }
  }

  record Bool(boolean value) implements GoScalar {
    @Override
    public String typeName() {
      return "a boolean";
    }

    @Override
    public Optional<JsonNode> toJson() {
      return Optional.of(BooleanNode.valueOf(value));
    }

    @Override
    public Optional<String> toKey() {
      return Optional.of(Boolean.toString(value));
    }
  }

  record Int(long value) implements GoScalar {
    @Override
    public String typeName() {
      return "an integer";
    }

    @Override
    public Optional<JsonNode> toJson() {
      return Optional.of(LongNode.valueOf(value));
    }

    @Override
    public Optional<String> toKey() {
      return Optional.of(Long.toString(value));
    }
  }

  /** An integer above the largest {@code long}; JSON numbers of that size become floats. */
  record Unsigned(BigInteger value) implements GoScalar {
    @Override
    public String typeName() {
      return "an integer of more than 63 bits";
    }

    @Override
    public Optional<JsonNode> toJson() {
      return Optional.of(DoubleNode.valueOf(value.doubleValue()));
    }

    @Override
    public Optional<String> toKey() {
      return Optional.empty();
    }
  }

  record Float(double value) implements GoScalar {

    private static final int MAX_DIGITS = 17;

    @Override
    public String typeName() {
      return "a floating-point number";
    }

    /** A whole number in the range of {@code long} is written, and so read again, as integer. */
    @Override
    public Optional<JsonNode> toJson() {
      if (!Double.isFinite(value)) {
        return Optional.empty();
      }
      boolean isWhole = value == Math.rint(value) && Math.abs(value) <= Long.MAX_VALUE;
      if (isWhole) {
        BigInteger written = shortest(new BigDecimal(value), value).toBigIntegerExact();
        if (written.bitLength() < Long.SIZE) {
          return Optional.of(LongNode.valueOf(written.longValueExact()));
        }
      }
      return Optional.of(DoubleNode.valueOf(value));
    }

    /** Go's {@code %g} of a 32-bit float: kubectl narrows such keys. */
    @Override
    public Optional<String> toKey() {
      float narrowed = (float) value;
      if (java.lang.Float.isNaN(narrowed)) {
        return Optional.of(".nan");
      }
      if (java.lang.Float.isInfinite(narrowed)) {
        return Optional.of(narrowed > 0 ? ".inf" : "-.inf");
      }
      String sign = Math.copySign(1, narrowed) < 0 ? "-" : "";
      return Optional.of(sign + (narrowed == 0 ? "0" : general(Math.abs(narrowed))));
    }

    private static String general(float number) {
      BigDecimal digits = shortest(new BigDecimal(number), number).stripTrailingZeros();
      int exponent = digits.precision() - digits.scale() - 1;
      if (exponent >= -4 && exponent < 6) {
        return digits.toPlainString();
      }
      String mantissa = digits.unscaledValue().toString();
      String fraction = mantissa.length() > 1 ? "." + mantissa.substring(1) : "";
      String sign = exponent < 0 ? "-" : "+";
      return "%s%se%s%02d".formatted(mantissa.charAt(0), fraction, sign, Math.abs(exponent));
    }

    /** With the fewest digits that give the number again; {@code toString} of Java 17 has more. */
    private static BigDecimal shortest(BigDecimal exact, double number) {
      return shortest(exact, candidate -> candidate.doubleValue() == number);
    }

    private static BigDecimal shortest(BigDecimal exact, float number) {
      return shortest(exact, candidate -> candidate.floatValue() == number);
    }

    private static BigDecimal shortest(BigDecimal exact, Predicate<BigDecimal> isSame) {
      return IntStream.rangeClosed(1, MAX_DIGITS)
          .mapToObj(digits -> exact.round(new MathContext(digits, RoundingMode.HALF_EVEN)))
          .filter(isSame)
          .findFirst()
          .orElseThrow();
    }
  }

  record Null() implements GoScalar {
    @Override
    public String typeName() {
      return "null";
    }

    @Override
    public Optional<JsonNode> toJson() {
      return Optional.of(NullNode.getInstance());
    }

    @Override
    public Optional<String> toKey() {
      return Optional.empty();
    }
  }
}
