package dev.plinth.manifest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.Canary;
import dev.plinth.Fuzzing;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whatever becomes of a valid manifest is read or refused: soon, as a whole, and discreetly. */
class ManifestFuzzTest {

  private static final Duration SHORT = Duration.ofMillis(2000);
  private static final Duration LONG = Duration.ofSeconds(40);

  private static final List<String> VALID =
      List.of(
              """
              apiVersion: v1
              kind: Secret
              metadata:
                name: a
                namespace: b
              stringData:
                password: %1$s
                quoted: "%1$s"
                single: '%1$s'
                block: |
                  %1$s
                  %1$s
                folded: >-
                  %1$s
              data:
                base64: %2$s
              """,
              """
              # Two of them.
              apiVersion: v1
              kind: Secret
              metadata: {name: a, labels: {x: "y"}}
              stringData: {user: "%1$s", password: '%1$s', token: %1$s}
              ---
              apiVersion: v1
              kind: Secret
              metadata: {name: b}
              data: {p: %2$s, q: "%2$s"}
              """,
              """
              {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a"},
               "stringData": {"p": "%1$s", "q": "%1$s"}, "data": {"r": "%2$s"}}
              {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "b"}, "stringData": {"p": "%1$s"}}
              """,
              """
              apiVersion: v1
              kind: List
              items:
              - apiVersion: v1
                kind: Secret
                metadata: {name: a}
                stringData: &shared
                  p: %1$s
              - apiVersion: v1
                kind: Secret
                metadata: {name: b}
                stringData:
                  <<: *shared
                  q: "%1$s"
              """,
              """
              apiVersion: apps/v1
              kind: Deployment
              metadata:
                name: web
                annotations: {a/b: "1"}
              spec:
                replicas: 2
                selector: {matchLabels: {app: web}}
                template:
                  metadata: {labels: {app: web}}
                  spec:
                    containers:
                    - name: web
                      image: example/web:1.0
                      args: ["--port", "80", '--on=yes']
                      ports:
                      - containerPort: 80
                        protocol: TCP
              ---
              apiVersion: v1
              kind: ConfigMap
              metadata: {name: web}
              data:
                Corefile: |
                  .:53 {
                      errors
                  }
              """)
          .stream()
          .map(it -> it.formatted(Canary.VALUE, Canary.BASE64))
          .toList();

  private final ManifestParser parser = new ManifestParser();

  @Test
  void mutatedManifestsAreReadOrRefused() {
    Fuzzing.run(SHORT, VALID, this::read);
  }

  @Tag("exhaustive")
  @Test
  void mutatedManifestsAreReadOrRefusedAtLength() {
    Fuzzing.run(LONG, VALID, this::read);
  }

  @Test
  void mutatedTemplatesAreReadOrRefused() {
    Fuzzing.run(SHORT.dividedBy(2), templates(), ManifestFuzzTest::render);
  }

  @Tag("exhaustive")
  @Test
  void mutatedTemplatesAreReadOrRefusedAtLength() {
    Fuzzing.run(LONG, templates(), ManifestFuzzTest::render);
  }

  /** What a writer that has not ended leaves: complete objects, and at most one without its end. */
  @Test
  void aManifestThatIsCutHasOnlyItsLastObjectCutOrIsRefused() {
    for (String manifest : VALID) {
      byte[] whole = manifest.getBytes(UTF_8);
      List<ManifestDocument> all = parser.parse("m.yaml", whole);
      for (int length = 0; length < whole.length; length++) {
        List<ManifestDocument> read = readOrNothing(Arrays.copyOf(whole, length));
        int complete = Math.max(0, read.size() - 1);
        assertThat(read.subList(0, complete)).isEqualTo(all.subList(0, complete));
      }
    }
  }

  private List<ManifestDocument> readOrNothing(byte[] content) {
    try {
      return parser.parse("m.yaml", content);
    } catch (ManifestException e) {
      return List.of();
    }
  }

  private Optional<String> read(byte[] content) {
    try {
      for (ManifestDocument object : parser.parse("m.yaml", content)) {
        ObjectReference reference = object.reference();
        assertThat(reference.kind()).matches("[-A-Za-z0-9]+");
        assertThat(reference.apiVersion()).matches("[-a-z0-9./]+");
        assertThat(reference.name()).isNotEmpty().doesNotContain("/", "%", "\n");
      }
      return Optional.empty();
    } catch (ManifestException e) {
      return Optional.of(message(e, content));
    }
  }

  private static Optional<String> render(byte[] content) {
    try {
      ManifestTemplate template = ManifestTemplate.of("t.yaml", new String(content, UTF_8));
      Variables.Builder variables = Variables.builder();
      template.placeholders().forEach(it -> variables.text(it, "x"));
      template.render(variables.build());
      return Optional.empty();
    } catch (ManifestException e) {
      return Optional.of(message(e, content));
    }
  }

  private static String message(ManifestException e, byte[] content) {
    long lines = new String(content, UTF_8).chars().filter(c -> c == '\n' || c == '\r').count();
    assertThat(e).hasNoCause();
    assertThat(e.problems())
        .isNotEmpty()
        .allSatisfy(
            problem -> {
              assertThat((long) problem.location().line()).isBetween(1L, lines + 2);
              assertThat(problem.location().column()).isPositive();
              assertThat(problem.toString()).doesNotContainPattern("[\\p{Cntrl}]");
            });
    return e + e.problems().toString();
  }

  private static List<String> templates() {
    return VALID.stream()
        .map(
            it ->
                it.replace("replicas: 2", "replicas: \"%{N}%\"")
                    .replace("name: a", "name: \"%{A}%\""))
        .toList();
  }
}
