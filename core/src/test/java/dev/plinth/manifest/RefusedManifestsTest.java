package dev.plinth.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every refusal says where, what was found and, where that helps, what was expected. */
class RefusedManifestsTest {

  private static final String OBJECT = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n";
  private static final String JSON =
      "{\"apiVersion\": \"v1\", \"kind\": \"ConfigMap\", \"metadata\": {\"name\": \"a\"}";

  @ParameterizedTest
  @MethodSource({
    "syntax",
    "characters",
    "keysAndAliases",
    "scalars",
    "shapes",
    "metadata",
    "lists",
    "json"
  })
  void isRefusedWithItsPlace(String manifest, String expectedMessage) {
    ManifestException refusal = refusal(manifest.getBytes(StandardCharsets.UTF_8));

    assertThat(refusal.getMessage()).startsWith("m.yaml:").contains(expectedMessage);
    assertThat(refusal.source()).isEqualTo("m.yaml");
    assertThat(refusal.problems())
        .allSatisfy(
            problem -> {
              assertThat(problem.location().source()).isEqualTo("m.yaml");
              assertThat(problem.location().line()).isPositive();
              assertThat(problem.location().column()).isPositive();
            });
  }

  static Stream<Arguments> syntax() {
    return Stream.of(
        arguments(OBJECT + "data: [1, 2\n", "5:1: while parsing a flow sequence: "),
        arguments(OBJECT + "data: {a: 1\n", "5:1: while parsing a flow mapping: "),
        arguments(OBJECT + "data: [1}\n", "4:9: "),
        arguments(OBJECT + "data: \"x\n", "5:1: while scanning a quoted scalar: "),
        arguments(OBJECT + "data: 'x\n", "5:1: while scanning a quoted scalar: "),
        arguments(OBJECT + "data: a: b\n", "4:8: "),
        arguments(OBJECT + "data:\n  a: 1\n b: 2\n", "6:2: "),
        arguments(OBJECT + "data:\n\ta: 1\n", "5:1: "),
        arguments(OBJECT + "data: @x\n", "4:7: "),
        arguments(OBJECT + "data: %x\n", "4:7: "),
        arguments(OBJECT + "data: `x`\n", "4:7: "),
        arguments(OBJECT + "data: {{ .Values.secret }}\n", "4:"),
        arguments(OBJECT + "data: \"\\q\"\n", "4:9: "),
        arguments(OBJECT + "data: \"a\\/b\"\n", "4:7: data: found an escape that only JSON has"),
        arguments(OBJECT + "data: \"\\ud83d\\ude00\"\n", "4:7: data: found an escape that only"),
        arguments(OBJECT + "data: | x\n", "4:9: "),
        arguments(OBJECT + "no colon\n", "5:1: "),
        arguments("%YAML 1.1\n---\n" + OBJECT, "2:1: "),
        arguments("%YAML 3.0\n" + OBJECT, "1:1: "),
        arguments(OBJECT + "--- x\n" + OBJECT, "4:4: found text after the document separator"),
        arguments(OBJECT + "a: |\n-----BEGIN CERT-----\n", "5:4: found text after the document"),
        arguments(OBJECT + "...\n" + OBJECT, "5:1: found text after the end of the document"),
        arguments(OBJECT + "data: [x:]\n", "4:8: data[0]: found a colon without a blank"),
        arguments(OBJECT + "data: [a?b]\n", "4:8: data[0]: found '?' in an unquoted scalar"));
  }

  static Stream<Arguments> characters() {
    return Stream.of(
        arguments(OBJECT + "data: \"a\u0000b\"\n", "4:9: found a NUL character"),
        arguments(OBJECT + "data: \"a\u0007b\"\n", "4:9: found the control character U+0007"),
        arguments(OBJECT + "# \u001b[0m\n", "4:3: found the control character U+001B"),
        arguments(OBJECT + "data: a\u007f\n", "4:8: found the control character U+007F"),
        arguments(OBJECT + "data: \uD83D\uDE00\uffff\n", "4:8: found the control character U+FFFF"),
        arguments(OBJECT + "data: a\u2028b\n", "4:8: found the line break U+2028"),
        arguments(OBJECT + "# a\u0085b\n", "4:4: found the line break U+0085"));
  }

  static Stream<Arguments> keysAndAliases() {
    return Stream.of(
        arguments(OBJECT + "kind: Pod\n", "4:1: kind: duplicate key, the first is at 2:1"),
        arguments(OBJECT + "data: {a.b: 1, a.b: 2}\n", "4:16: data[\"a.b\"]: duplicate key"),
        arguments(OBJECT + "data: {1: a, \"1\": b}\n", "4:14: data.1: duplicate key"),
        arguments(OBJECT + "data: {yes: a, true: b}\n", "4:16: data.true: duplicate key"),
        arguments(OBJECT + "data: {~: a}\n", "4:8: data: found null as key"),
        arguments(OBJECT + "data: {[a]: b}\n", "4:8: data: found a sequence as key"),
        arguments(OBJECT + "data: {{a: b}: c}\n", "4:8: data: found a mapping as key"),
        arguments(OBJECT + "data: *x\n", "4:7: data: found an alias without an anchor"),
        arguments(OBJECT + "data: &x [*x]\n", "4:11: data[0]: found an alias in what it"),
        arguments(OBJECT + "data: {<<: 1}\n", "4:12: data[\"<<\"]: found an integer, expected a"),
        arguments(OBJECT + "data: {<<: [x]}\n", "4:13: data[\"<<\"]: found a string, expected a"),
        arguments(OBJECT + "data: {<<: {}, <<: {}}\n", "4:16: data[\"<<\"]: duplicate key"),
        arguments(
            OBJECT + "data: {a: 1, <<: {a: 2}}\n",
            "4:14: data[\"<<\"]: the merge key provides what is set before it at 4:8"));
  }

  static Stream<Arguments> scalars() {
    return Stream.of(
        arguments(OBJECT + "data: .inf\n", "4:7: data: found an infinite or undefined number"),
        arguments(OBJECT + "data: [.NaN]\n", "4:8: data[0]: found an infinite or undefined"),
        arguments(OBJECT + "data: !!int x\n", "4:7: data: found a string, expected a tag:yaml.org"),
        arguments(OBJECT + "data: !!bool 1\n", "found an integer, expected a"),
        arguments(OBJECT + "data: !!null x\n", "found a string, expected a"),
        arguments(OBJECT + "data: !!float x\n", "found a string, expected a"),
        arguments(OBJECT + "data: !!timestamp 2001-01-01\n", "JSON has no timestamps"),
        arguments(OBJECT + "data: !!binary x\n", "found no base64 of UTF-8 text"),
        arguments(OBJECT + "data: !!binary /w==\n", "found no base64 of UTF-8 text"),
        arguments(OBJECT + "data: !e!x 1\n", "4:7: "));
  }

  static Stream<Arguments> shapes() {
    return Stream.of(
        arguments("x\n", "1:1: found a string, expected an object"),
        arguments("- x\n", "1:1: found a sequence, expected an object"),
        arguments("---\n12\n", "2:1: found an integer, expected an object"),
        arguments("{}\n", "1:1: apiVersion: missing, expected a string"),
        arguments("kind: Pod\nmetadata: {name: a}\n", "1:1: apiVersion: missing"),
        arguments("apiVersion: v1\nmetadata: {name: a}\n", "1:1: kind: missing"),
        arguments("apiVersion: 1\nkind: Pod\n", "1:13: apiVersion: found an integer, expected a"),
        arguments("apiVersion: v1\nkind: [Pod]\n", "2:7: kind: found a sequence, expected a"),
        arguments("apiVersion: v1\nkind: ''\n", "2:7: kind: found an empty string"),
        arguments(
            OBJECT + "---\n" + OBJECT, "5:1: ConfigMap a is declared twice, first at m.yaml:1"),
        arguments(
            OBJECT + "---\n" + OBJECT.replace("v1", "v2"), "5:1: ConfigMap a is declared twice"));
  }

  static Stream<Arguments> metadata() {
    String object = "apiVersion: v1\nkind: ConfigMap\n";
    return Stream.of(
        arguments(object, "1:1: metadata.name: missing"),
        arguments(object + "metadata:\n", "1:1: metadata.name: missing"),
        arguments(object + "metadata: x\n", "3:11: metadata: found a string, expected a mapping"),
        arguments(object + "metadata: {}\n", "3:11: metadata.name: missing"),
        arguments(object + "metadata: {name: 1}\n", "3:18: metadata.name: found an integer"),
        arguments(
            object + "metadata: {name: on}\n", "found a boolean, expected a string: quote it"),
        arguments(object + "metadata: {name: }\n", "metadata.name: found null, expected a string"),
        arguments(object + "metadata: {name: ''}\n", "metadata.name: found an empty string"),
        arguments(
            object + "metadata: {generateName: a-}\n", "3:12: metadata.generateName: found a"),
        arguments(
            object + "metadata: {name: a, namespace: n}\n",
            "3:32: metadata.namespace: found a boolean, expected a string: quote it"),
        arguments(
            object + "metadata: {name: a, labels: {x: yes}}\n",
            "3:33: metadata.labels.x: found a boolean, expected a string: quote it"),
        arguments(
            object + "metadata: {name: a, annotations: {x/y: 1.5}}\n",
            "metadata.annotations[\"x/y\"]: found a floating-point number"),
        arguments(object + "metadata: {name: a, labels: [x]}\n", "metadata.labels: found a seq"));
  }

  static Stream<Arguments> lists() {
    String list = "apiVersion: v1\nkind: List\n";
    return Stream.of(
        arguments(list, "1:1: items: missing, expected a sequence of objects"),
        arguments(list + "items: 1\n", "3:8: items: found an integer, expected a sequence"),
        arguments(list + "items: [1]\n", "3:9: items[0]: found an integer, expected an object"),
        arguments(list + "items: [~]\n", "3:9: items[0]: found null, expected an object"),
        arguments(
            list + "items:\n- apiVersion: v1\n  kind: Pod\n",
            "4:3: items[0].metadata.name: missing"),
        arguments(
            list + "items:\n- apiVersion: v1\n  kind: List\n  items: [{}]\n",
            "6:11: items[0].items[0].apiVersion: missing"),
        arguments("kind: List\nitems: []\n", "1:1: apiVersion: missing"));
  }

  static Stream<Arguments> json() {
    return Stream.of(
        arguments(JSON + ", \"kind\": \"x\"}", "duplicate key, the first is at 1:22"),
        arguments(JSON + ", \"a\": \"\\ud83d\"}", "a: found an escape of half a character"),
        arguments(JSON + ", \"a\": 1e999}", "a: found a number beyond the range"),
        arguments(JSON + "}\n" + JSON + "}\n\u0000", "NUL"),
        arguments(JSON + ", \"a\": ", "while parsing a flow "),
        arguments("{\"a\": 1}{\"b\": 2}[", "1:18: found the end of the file within a JSON value"));
  }

  @Test
  void brokenJsonInAJsonFileIsReportedAsJson() {
    ManifestException refusal =
        catchThrowableOfType(
            ManifestException.class,
            () -> new ManifestParser().parse("m.json", JSON + ",\n \"a\": {\"b\" 1}}"));

    assertThat(refusal).hasMessageStartingWith("m.json:2:12: Unexpected character ('1'");
  }

  @Test
  void invalidEncodingsAreRefusedWithTheirPlace() {
    assertThat(refusal("a: 1\nä: \"ä\"\n".getBytes(StandardCharsets.ISO_8859_1)))
        .hasMessage("m.yaml:2:1: found bytes that are no UTF-8 text");
    assertThat(refusal(new byte[] {'a', ':', ' ', (byte) 0xC0, (byte) 0xAF}))
        .hasMessage("m.yaml:1:4: found bytes that are no UTF-8 text");
    assertThat(refusal(new byte[] {'a', ':', ' ', (byte) 0xE4}))
        .hasMessage("m.yaml:1:4: found bytes that are no UTF-8 text");
    assertThat(refusal(OBJECT.getBytes(StandardCharsets.UTF_16)))
        .hasMessage("m.yaml:1:1: found UTF-16, expected UTF-8");
    assertThat(refusal(new byte[] {0x1f, (byte) 0x8b, 8, 0})).hasMessageStartingWith("m.yaml:1:2:");
  }

  @Test
  void allProblemsOfAFileAreReportedInItsOrder() {
    ManifestException refusal =
        refusal(
            """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: a, namespace: 1, labels: {x: yes}}
            ---
            data: [
            ---
            - x
            ---
            apiVersion: v1
            metadata: {}
            """
                .getBytes(StandardCharsets.UTF_8));

    assertThat(refusal.problems())
        .extracting(problem -> problem.location().line() + " " + problem.field())
        .containsExactly(
            "3 metadata.namespace",
            "3 metadata.labels.x",
            "6 ",
            "7 ",
            "9 kind",
            "10 metadata.name");
  }

  @Test
  void aMessageIsShortHoweverManyProblemsThereAre() {
    ManifestException refusal = refusal("--- x\n".repeat(500).getBytes(StandardCharsets.UTF_8));

    assertThat(refusal.problems()).hasSize(500);
    assertThat(refusal.getMessage().lines()).hasSize(21);
    assertThat(refusal.getMessage()).endsWith("and 480 more");
  }

  @ParameterizedTest
  @MethodSource("secrets")
  void valuesAreNotInMessages(String manifest) {
    assertThat(refusal(manifest.getBytes(StandardCharsets.UTF_8)))
        .hasNoCause()
        .message()
        .doesNotContainIgnoringCase("hunter2")
        .doesNotContain("aHVudGVyMg");
  }

  static Stream<String> secrets() {
    String secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n";
    return Stream.of(
        secret + "data: {a: 'hunter2', a: 'hunter2'}\n",
        secret + "data: {a: \"hunter2}\n",
        secret + "data: {a: hunter2: x}\n",
        secret + "data: a: hunter2\n",
        secret + "data:\n  a: hunter2\n hunter2\n",
        secret + "data: !!int hunter2\n",
        secret + "data: !!binary hunter2\n",
        secret + "data: !!binary aHVudGVyMg\n",
        secret + "--- hunter2\n",
        "hunter2\n",
        secret.replace("{name: a}", "hunter2"),
        "{\"data\": hunter2}",
        "{\"data\": \"hunter2",
        "{\"a\": 1}{\"b\": 2}{\"data\": hunter2}",
        "{\"a\": 1}{\"b\": 2}{\"data\": \"hunter2\n\"}");
  }

  @Test
  void deepNestingIsRefused() {
    assertThat(refusal(OBJECT + "data: " + "[".repeat(100_000)))
        .hasMessageContaining("found more than 100 levels of nesting");
    assertThat(refusal(OBJECT + "data: " + "{a: ".repeat(100_000)))
        .hasMessageContaining("found more than 100 levels of nesting");
    assertThat(refusal(OBJECT + "data:\n" + "- ".repeat(100_000)))
        .hasMessageContaining("found more than 100 levels of nesting");
    assertThat(refusal(JSON + ", \"data\": " + "[".repeat(100_000)))
        .hasMessageContaining("found more than 100 levels of nesting");
    assertThat(refusal(JSON + ", \"data\": " + "{\"a\":".repeat(100_000)))
        .hasMessageContaining("found more than 100 levels of nesting");
  }

  @Test
  void nestingThroughAliasesIsRefused() {
    StringBuilder chain = new StringBuilder(OBJECT).append("a0: &a0 [x]\n");
    for (int i = 1; i < 200; i++) {
      chain.append("a%d: &a%d [*a%d]%n".formatted(i, i, i - 1));
    }

    assertThat(refusal(chain.toString()))
        .hasMessageContaining("found more than 100 levels of nesting behind an alias");
  }

  @Test
  void aliasBombsAreRefusedBeforeTheyAreWrittenOut() {
    StringBuilder bomb = new StringBuilder(OBJECT).append("a0: &a0 [x]\n");
    for (int i = 1; i < 60; i++) {
      bomb.append("a%d: &a%d [%s*a%d]%n".formatted(i, i, ("*a" + (i - 1) + ", ").repeat(9), i - 1));
    }

    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () ->
            assertThat(refusal(bomb.toString()))
                .hasMessageContaining("found more than 1000000 values, aliases written out"));
  }

  @Test
  void mergeBombsAreRefused() {
    StringBuilder bomb = new StringBuilder(OBJECT).append("a0: &a0 {k: [x, y]}\n");
    for (int i = 1; i < 60; i++) {
      bomb.append(
          "a%d: &a%d {<<: *a%d, x%d: *a%d, y%d: *a%d}%n"
              .formatted(i, i, i - 1, i, i - 1, i, i - 1));
    }

    assertThat(refusal(bomb.toString())).hasMessageContaining("found more than");
  }

  @Test
  void eachLimitIsKept() {
    ManifestLimits limits = new ManifestLimits(200, 3, 20, 1);
    ManifestParser parser = new ManifestParser(limits);

    assertThat(refusal(parser, OBJECT + "#".repeat(200)))
        .hasMessage("m.yaml:1:1: found 251 bytes, expected at most 200");
    assertThat(parser.parse("m.yaml", OBJECT + "data: [[x]]\n")).hasSize(1);
    assertThat(refusal(parser, OBJECT + "data: [[[x]]]\n"))
        .hasMessage("m.yaml:4:9: data[0][0]: found more than 3 levels of nesting");
    assertThat(refusal(parser, OBJECT + "data: [1,2,3,4,5,6,7,8,9,0,1,2]\n"))
        .hasMessageContaining("found more than 20 values");
    assertThat(refusal(parser, OBJECT + "---\n" + OBJECT.replace("a}", "b}")))
        .hasMessage("m.yaml:5:1: found more than 1 objects in one file");
  }

  @Test
  void longScalarsOfEveryKindAreReadInLinearTime() {
    String digits = "1".repeat(1_000_000);
    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(30),
        () -> {
          for (String value :
              new String[] {
                digits,
                "." + digits,
                "0x" + digits,
                "0b" + digits,
                "1_".repeat(500_000),
                "." + "1_".repeat(500_000),
                "\"" + "\\\\".repeat(500_000) + "\\/\"",
                "'" + "''".repeat(500_000) + "'"
              }) {
            readOrRefuse(OBJECT + "data: " + value + "\n");
          }
          readOrRefuse(JSON + ", \"data\": " + digits + "}");
          readOrRefuse(OBJECT + "data:\n" + "- \"\uD83D\uDE00/\\\\\"\n".repeat(50_000));
        });
  }

  private static void readOrRefuse(String manifest) {
    try {
      assertThat(new ManifestParser().parse("m.yaml", manifest)).hasSize(1);
    } catch (ManifestException e) {
      assertThat(e.problems()).isNotEmpty();
    }
  }

  private static ManifestException refusal(String manifest) {
    return refusal(new ManifestParser(), manifest);
  }

  private static ManifestException refusal(ManifestParser parser, String manifest) {
    return catchThrowableOfType(ManifestException.class, () -> parser.parse("m.yaml", manifest));
  }

  private static ManifestException refusal(byte[] content) {
    return catchThrowableOfType(
        ManifestException.class, () -> new ManifestParser().parse("m.yaml", content));
  }
}
