package dev.plinth.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.time.Duration;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Files that are too large to keep lead to objects or to one message, and soon. */
class HugeManifestsTest {

  private static final Duration LONGEST = Duration.ofSeconds(20);
  private static final int MEBIBYTE = 1024 * 1024;
  private static final String OBJECT = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n";
  private static final String JSON =
      "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"a\"},";

  @ParameterizedTest(name = "{0}")
  @MethodSource("large")
  void leadsToWhatIsExpected(String name, Supplier<String> content, String expected) {
    expect(content.get(), expected);
  }

  @Tag("exhaustive")
  @ParameterizedTest(name = "{0}")
  @MethodSource("largest")
  void leadsToWhatIsExpectedUpToTheLimits(String name, Supplier<String> content, String expected) {
    expect(content.get(), expected);
  }

  private static void expect(String manifest, String expected) {
    assertThat(Assertions.assertTimeoutPreemptively(LONGEST, () -> outcome(manifest)))
        .isEqualTo(expected);
  }

  static Stream<Arguments> large() {
    return ofSize(MEBIBYTE);
  }

  static Stream<Arguments> largest() {
    return Stream.concat(ofSize(15 * MEBIBYTE), limits());
  }

  private static Stream<Arguments> ofSize(int size) {
    return Stream.of(
        of("comments", () -> OBJECT + "# comment\n".repeat(size / 10), "1"),
        of("separators", () -> OBJECT + "---\n".repeat(size / 4), "1"),
        of("line breaks", () -> "\n".repeat(size), "0"),
        of("blanks", () -> " ".repeat(size), "0"),
        of("blanks behind a colon", () -> OBJECT + "data:" + " ".repeat(size) + "{}\n", "1"),
        of("one scalar", () -> OBJECT + "data: {a: " + "x".repeat(size) + "}\n", "1"),
        of(
            "one block",
            () -> OBJECT + "data:\n  a: |\n" + "    0123456789\n".repeat(size / 15),
            "1"),
        of(
            "an unclosed quote",
            () -> OBJECT + "data: \"" + "x\n".repeat(size / 2),
            (size / 2 + 4) + ":1: while scanning a quoted scalar: found unexpected end of stream"),
        of(
            "one key",
            () -> OBJECT + "x".repeat(size) + ": y\n",
            "4:%d: while scanning a simple key: could not find expected ':'".formatted(size + 1)),
        of(
            "open brackets",
            () -> OBJECT + "data: " + "[".repeat(size),
            "4:106: found more than 100 levels of nesting"),
        of(
            "invalid separators",
            () -> "--- x\n".repeat(size / 10),
            "1:4: found text after the document separator '---', expected it alone on its line"),
        of("one string of JSON", () -> JSON + "\"x\":\"" + "y".repeat(size) + "\"}", "1"),
        of(
            "open braces of JSON",
            () -> "{\"a\":".repeat(size / 5),
            "1:501: found more than 100 levels of nesting"));
  }

  private static Stream<Arguments> limits() {
    return Stream.of(
        of(
            "more than 16 MiB",
            () -> OBJECT + "#".repeat(16 * MEBIBYTE),
            "1:1: found 16777267 bytes, expected at most 16777216"),
        of(
            "two million values",
            () -> OBJECT + "data: [" + "1,".repeat(2 * MEBIBYTE) + "]\n",
            "4:1999986: found more than 1000000 values, aliases written out"),
        of("10000 objects", () -> objects(10_000), "10000"),
        of(
            "10001 objects",
            () -> objects(10_001),
            "40002:1: found more than 10000 objects in one file"),
        of(
            "10000 objects, the last one broken",
            () -> objects(9_999) + "---\napiVersion: v1\nkind: [\n",
            "40000:1: while parsing a flow node: expected the node content, but found '<stream"
                + " end>'"),
        of(
            "100000 keys, the last one twice",
            () -> OBJECT + "data:\n" + lines(100_000, "  k%d: v\n") + "  k99999: v\n",
            "100005:3: duplicate key, the first is at 100004:3"),
        of(
            "a list of 10000 objects",
            () ->
                "apiVersion: v1\nkind: List\nitems:\n"
                    + lines(10_000, "- {apiVersion: v1, kind: ConfigMap, metadata: {name: a%d}}\n"),
            "10000"));
  }

  private static Arguments of(String name, Supplier<String> content, String expected) {
    return arguments(name, content, expected);
  }

  private static String objects(int number) {
    return lines(number, "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a%d}\n");
  }

  private static String lines(int number, String format) {
    StringBuilder lines = new StringBuilder();
    IntStream.range(0, number).forEach(i -> lines.append(format.formatted(i)));
    return lines.toString();
  }

  /** How many objects there are, or the first place and message. */
  private static String outcome(String manifest) {
    try {
      return String.valueOf(new ManifestParser().parse("m.yaml", manifest).size());
    } catch (ManifestException e) {
      ManifestProblem first = e.problems().get(0);
      return "%d:%d: %s"
          .formatted(first.location().line(), first.location().column(), first.message());
    }
  }
}
