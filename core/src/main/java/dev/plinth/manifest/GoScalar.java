package dev.plinth.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Optional;

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
      BigDecimal shortest = new BigDecimal(Double.toString(value)).stripTrailingZeros();
      boolean isLong = shortest.scale() <= 0 && shortest.precision() - shortest.scale() <= 19;
      if (isLong && shortest.toBigIntegerExact().bitLength() < Long.SIZE) {
        return Optional.of(LongNode.valueOf(shortest.longValueExact()));
      }
      return Optional.of(DoubleNode.valueOf(value));
    }

    /** The shortest digits that tell a 32-bit float from its neighbours, as Go's {@code %g}. */
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
      if (narrowed == 0) {
        return Optional.of(sign + "0");
      }
      BigDecimal shortest =
          new BigDecimal(java.lang.Float.toString(Math.abs(narrowed))).stripTrailingZeros();
      int exponent = shortest.precision() - shortest.scale() - 1;
      if (exponent >= -4 && exponent < 6) {
        return Optional.of(sign + shortest.toPlainString());
      }
      String mantissa = shortest.unscaledValue().toString();
      String fraction = mantissa.length() > 1 ? "." + mantissa.substring(1) : "";
      return Optional.of(
          "%s%s%se%s%02d"
              .formatted(
                  sign,
                  mantissa.charAt(0),
                  fraction,
                  exponent < 0 ? "-" : "+",
                  Math.abs(exponent)));
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
