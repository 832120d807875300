package dev.plinth.helm.values;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.LongNode;

/**
 * Numbers of YAML and JSON as Helm has them: 64-bit floating point, whatever they are written as.
 */
final class HelmNumbers {

  private static final double LONG_END = 0x1p63;

  private HelmNumbers() {}

  /** The number that Helm has; an integer if that is one. */
  static JsonNode read(JsonNode written) {
    if (!written.isNumber()) {
      return written;
    }
    double value = written.doubleValue();
    boolean isWhole = value == Math.rint(value) && value >= -LONG_END && value < LONG_END;
    return isWhole ? LongNode.valueOf((long) value) : DoubleNode.valueOf(value);
  }

  /** Whether Helm has another number than is written. */
  static boolean isRounded(JsonNode written) {
    return written.isIntegralNumber()
        && !(written.canConvertToLong()
            && read(written).equals(LongNode.valueOf(written.longValue())));
  }
}
