package dev.plinth.helm.values;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Values as users might write them, in YAML, and entries of set; from a seed. */
final class RandomValues {

  private static final List<String> KEYS =
      List.of("a", "b", "c", "d.e", "k-v", "1", "yes", "é", "'x y'", "\"q\\\"uote\"", "global");
  private static final List<String> PATHS =
      List.of("a", "b", "c", "d\\.e", "k-v", "1", "é", "x y", "true");
  private static final List<String> SCALARS =
      List.of(
          "0",
          "1",
          "-5",
          "80",
          "010",
          "0x1F",
          "0b11",
          "0o7",
          "1_000",
          "1.5",
          "1.0",
          "1e3",
          "-.5",
          "1e21",
          "1.5e300",
          "9007199254740993",
          "12345678901234567890",
          "true",
          "True",
          "yes",
          "no",
          "on",
          "Off",
          "null",
          "~",
          "",
          "x",
          "hello world",
          "'007'",
          "\"a\\tb\\u00e9\"",
          "'it''s'",
          "2001-01-01",
          "2001-01-01T10:00:00Z",
          "12:30:45",
          "1.2.3",
          "v1",
          "a:b",
          "''",
          "10.42.0.0/16",
          "{}",
          "[]",
          "+1",
          "0.1",
          "190:20:30",
          "!!str 5",
          "nil",
          "=x",
          "'#'");
  private static final List<String> SET_VALUES =
      List.of(
          "5",
          "0",
          "-5",
          "3000000000",
          "9007199254740993",
          "1.5",
          "true",
          "null",
          "\"true\"",
          "\"FALSE\"",
          "\"null\"",
          "\"007\"",
          "\"5\"",
          "\"1.5\"",
          "\"\"",
          "\" \"",
          "\"foo\"",
          "\"a,b\"",
          "\"a\\\\,b\"",
          "\"a\\\\\\\\,b\"",
          "\"a,,b\"",
          "\"{a,b}\"",
          "\"{}\"",
          "\"{a}\"",
          "\"x=y\"",
          "\"a.b[0]\"",
          "\"\\\\\\\\\"",
          "\"é\"");

  private final Random random;

  RandomValues(long seed) {
    this.random = new Random(seed);
  }

  /** A mapping, indented; never empty. */
  String mapping(int indent, int depth) {
    StringBuilder yaml = new StringBuilder();
    for (String key : some(KEYS, 1 + random.nextInt(5))) {
      yaml.append(" ".repeat(indent)).append(key).append(":");
      yaml.append(value(indent, depth));
    }
    return yaml.toString();
  }

  /** Entries of {@code spec.set}, as JSON by path. */
  Map<String, String> set(String prefix) {
    Map<String, String> entries = new LinkedHashMap<>();
    int size = random.nextInt(4);
    for (int i = 0; i < size; i++) {
      StringBuilder path = new StringBuilder(prefix).append(one(PATHS));
      for (int steps = random.nextInt(4); steps > 0; steps--) {
        if (random.nextInt(4) == 0) {
          path.append('[').append(random.nextInt(3)).append(']');
        } else {
          path.append('.').append(one(PATHS));
        }
      }
      entries.put(path.toString(), one(SET_VALUES));
    }
    return entries;
  }

  private String value(int indent, int depth) {
    int kind = depth == 0 ? 0 : random.nextInt(8);
    return switch (kind) {
      case 4, 5 -> "\n" + mapping(indent + 2, depth - 1);
      case 6 -> "\n" + list(indent, depth - 1);
      case 7 -> random.nextBoolean() ? " " + flow(depth) + "\n" : block(indent);
      default -> " " + one(SCALARS) + "\n";
    };
  }

  private String list(int indent, int depth) {
    StringBuilder yaml = new StringBuilder();
    int size = 1 + random.nextInt(3);
    for (int i = 0; i < size; i++) {
      yaml.append(" ".repeat(indent)).append("-");
      yaml.append(
          depth > 0 && random.nextInt(3) == 0
              ? "\n" + mapping(indent + 2, depth - 1)
              : " " + one(SCALARS) + "\n");
    }
    return yaml.toString();
  }

  private String flow(int depth) {
    List<String> parts = new ArrayList<>();
    boolean isList = random.nextBoolean();
    for (String key : some(KEYS, random.nextInt(3))) {
      String value =
          depth > 0 && random.nextInt(4) == 0 ? flow(depth - 1) : one(List.of("1", "x", "null"));
      parts.add(isList ? value : key + ": " + value);
    }
    String content = String.join(", ", parts);
    return isList ? "[" + content + "]" : "{" + content + "}";
  }

  private String block(int indent) {
    String header = one(List.of("|", "|-", "|+", ">", ">-"));
    String inner = " ".repeat(indent + 2);
    return " " + header + "\n" + inner + "one\n" + inner + "  two: 2\n\n" + inner + "three\n";
  }

  private <T> T one(List<T> from) {
    return from.get(random.nextInt(from.size()));
  }

  private List<String> some(List<String> from, int size) {
    List<String> rest = new ArrayList<>(from);
    List<String> chosen = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      chosen.add(rest.remove(random.nextInt(rest.size())));
    }
    return chosen;
  }
}
