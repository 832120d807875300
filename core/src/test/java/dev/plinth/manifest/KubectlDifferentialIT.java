package dev.plinth.manifest;

import static dev.plinth.manifest.KubectlDifferentialIT.Verdict.BOTH_READ_DIFFERENTLY;
import static dev.plinth.manifest.KubectlDifferentialIT.Verdict.ONLY_KUBECTL_READS;
import static dev.plinth.manifest.KubectlDifferentialIT.Verdict.ONLY_PLINTH_READS;
import static dev.plinth.manifest.KubectlDifferentialIT.Verdict.SAME;
import static java.util.Map.entry;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Plinth reads what the real kubectl reads, but for the deviations listed here with reasons. */
class KubectlDifferentialIT {

  private static final long SEED = 20261124;
  private static final int GENERATED = 150;

  private static final Map<String, Deviation> DEVIATIONS =
      Map.ofEntries(
          stricter("document-duplicate-plain.yaml", "a key that is there twice is a mistake"),
          stricter("document-duplicate-top.yaml", "a key that is there twice is a mistake"),
          stricter("document-duplicate-nested-in-sequence.yaml", "a key that is there twice"),
          stricter("document-duplicate-by-type.yaml", "both keys become the same text"),
          stricter("json-duplicate.json", "a key that is there twice is a mistake"),
          stricter("json-duplicate-escaped.json", "both keys become the same text"),
          stricter("merge-twice.yaml", "the merge key is there twice"),
          stricter("merge-overrides-earlier.yaml", "YAML says the key wins, kubectl the merge"),
          stricter("document-duplicate-objects.yaml", "an object that is there twice"),
          stricter("document-cr-separator.yaml", "kubectl loses the second document"),
          stricter("document-end-marker-between.yaml", "kubectl loses the second document"),
          stricter("document-end-marker-garbage.yaml", "kubectl does not look at the rest"),
          stricter("document-end-marker-text.yaml", "kubectl does not look at the rest"),
          stricter("document-latin1.yaml", "kubectl replaces what is not UTF-8"),
          stricter("document-utf8-invalid.yaml", "kubectl replaces what is not UTF-8"),
          stricter("document-utf8-overlong.yaml", "kubectl replaces what is not UTF-8"),
          stricter("document-utf8-surrogate.yaml", "kubectl replaces what is not UTF-8"),
          stricter("json-lone-surrogate.json", "kubectl replaces half a character"),
          stricter("json-reversed-surrogates.json", "kubectl replaces half a character"),
          stricter("document-utf16.yaml", "works in kubectl by accident, for one document"),
          stricter("document-utf16be.yaml", "works in kubectl by accident, for one document"),
          stricter("document-line-separator.yaml", "a line break in YAML 1.1, text in 1.2"),
          stricter("document-line-separator-comment.yaml", "hides the end of a comment"),
          stricter("document-next-line.yaml", "a line break in YAML 1.1, text in 1.2"),
          stricter("document-next-line-plain.yaml", "a line break in YAML 1.1, text in 1.2"),
          stricter("document-tab-after-colon.yaml", "not taken by the YAML 1.2 parser"),
          stricter("document-tab-and-blank-after-colon.yaml", "not taken by the YAML 1.2 parser"),
          stricter("escape-_quote.yaml", "no escape in YAML 1.2"),
          stricter("flow-dash.yaml", "not a scalar in YAML 1.2"),
          stricter("flow-colon-before-brace.yaml", "text in YAML 1.1, a key in 1.2"),
          stricter("flow-colon-before-bracket.yaml", "text in YAML 1.1, a key in 1.2"),
          stricter("flow-colon-before-comma.yaml", "text in YAML 1.1, a key in 1.2"),
          stricter("flow-colon-before-comma-url.yaml", "text in YAML 1.1, a key in 1.2"),
          stricter("flow-colon-end.yaml", "text in YAML 1.1, a key in 1.2"),
          stricter("flow-colon-in-value.yaml", "text in YAML 1.1, a key in 1.2"),
          stricter("flow-question-before-text.yaml", "syntax in YAML 1.1, text in 1.2"),
          stricter("flow-question-before-text-mapping.yaml", "syntax in YAML 1.1, text in 1.2"),
          stricter("json-formfeed.json", "a control character"),
          stricter("json-nonbreaking-first.json", "no blank in JSON or YAML"),
          stricter("list-missing.yaml", "a list without items declares nothing"),
          stricter("list-no-api-version.yaml", "the API server would refuse it"),
          stricter("object-generate-name.yaml", "would be a new object each time"),
          stricter("object-metadata-null.yaml", "an object without a name cannot be applied"),
          stricter("object-name-null.yaml", "an object without a name cannot be applied"),
          stricter("object-no-metadata.yaml", "an object without a name cannot be applied"),
          stricter("object-no-name.yaml", "an object without a name cannot be applied"),
          stricter("object-no-api-version.yaml", "the API server would refuse it"),
          lenient("list-nested.yaml", "lists are taken apart to the bottom"),
          lenient("list-items-mapping-of-another-kind.yaml", "only lists have items to take apart"),
          lenient(
              "list-items-of-another-kind-no-objects.yaml", "only lists have items to take apart"),
          otherwise("list-items-of-another-kind.yaml", "only lists have items to take apart"),
          lenient("alias-with-colon.yaml", "names of anchors are wider in YAML 1.2"),
          lenient("anchor-unicode.yaml", "names of anchors are wider in YAML 1.2"),
          lenient("flow-anchor-with-colon.yaml", "names of anchors are wider in YAML 1.2"),
          lenient("merge-sequence-alias.yaml", "the sequence may be an alias itself"),
          lenient("block-literal-tabs.yaml", "text that begins with a tab, clear in YAML 1.2"),
          lenient("block-folded-tabs.yaml", "text that begins with a tab, clear in YAML 1.2"));

  private static Kubectl kubectl;

  @BeforeAll
  static void findKubectl() {
    kubectl = Kubectl.ofTheControlPlane();
  }

  @TestFactory
  Stream<DynamicTest> handPickedFilesAreReadAsByKubectl() throws Exception {
    return corpus().stream()
        .map(
            file ->
                DynamicTest.dynamicTest(
                    name(file),
                    () -> {
                      Deviation deviation =
                          DEVIATIONS.getOrDefault(name(file), new Deviation(SAME, ""));
                      assertVerdict(file, deviation.verdict(), deviation.reason());
                    }));
  }

  @TestFactory
  Stream<DynamicTest> generatedFilesAreReadAsByKubectl(@TempDir Path directory) {
    GeneratedManifests manifests = new GeneratedManifests(SEED);
    return IntStream.range(0, GENERATED)
        .mapToObj(
            number -> {
              String text = manifests.next();
              return DynamicTest.dynamicTest(
                  "generated " + number,
                  () -> {
                    Path file = Files.createTempFile(directory, "generated", ".yaml");
                    Files.writeString(file, text);
                    assertVerdict(file, SAME, text);
                  });
            });
  }

  @Test
  void everyDeviationIsShownByAFile() throws Exception {
    Set<String> names = corpus().stream().map(KubectlDifferentialIT::name).collect(toSet());

    assertThat(names).hasSizeGreaterThan(200).containsAll(DEVIATIONS.keySet());
  }

  /** Otherwise nearly all generated files could be refused, and nothing compared. */
  @Test
  void mostGeneratedFilesAreRead() {
    GeneratedManifests manifests = new GeneratedManifests(SEED);

    long read = IntStream.range(0, GENERATED).filter(i -> isReadByPlinth(manifests.next())).count();

    assertThat(read).isGreaterThan(GENERATED / 3);
  }

  private static void assertVerdict(Path file, Verdict expected, String description)
      throws IOException, InterruptedException {
    Optional<List<JsonNode>> byKubectl = kubectl.read(file);
    Optional<List<JsonNode>> byPlinth;
    String refusal = "";
    try {
      byPlinth = Optional.of(readByPlinth(file));
    } catch (ManifestException e) {
      byPlinth = Optional.empty();
      refusal = e.getMessage();
    }
    assertThat(Verdict.of(byKubectl, byPlinth))
        .as(
            "kubectl reads %s%nPlinth reads %s %s%n%s",
            byKubectl.orElse(List.of()), byPlinth.orElse(List.of()), refusal, description)
        .isEqualTo(expected);
  }

  private static boolean isReadByPlinth(String text) {
    try {
      return !new ManifestParser().parse("generated.yaml", text).isEmpty();
    } catch (ManifestException e) {
      return false;
    }
  }

  private static List<JsonNode> readByPlinth(Path file) throws IOException {
    return new ManifestParser()
        .parse(name(file), Files.readAllBytes(file)).stream()
            .map(document -> withoutEmptyMetadata(document.content().deepCopy()))
            .toList();
  }

  /** kubectl drops these when it sets an annotation, as this test lets it do. */
  private static JsonNode withoutEmptyMetadata(ObjectNode object) {
    ObjectNode metadata = (ObjectNode) object.get("metadata");
    if (metadata.path("annotations").isEmpty()) {
      metadata.remove("annotations");
    }
    if (metadata.path("namespace").asText("").isEmpty()) {
      metadata.remove("namespace");
    }
    return object;
  }

  private static List<Path> corpus() throws IOException, URISyntaxException {
    Path directory = Path.of(KubectlDifferentialIT.class.getResource("kubectl").toURI());
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList();
    }
  }

  private static String name(Path file) {
    return file.getFileName().toString();
  }

  private static Map.Entry<String, Deviation> stricter(String file, String reason) {
    return entry(file, new Deviation(ONLY_KUBECTL_READS, reason));
  }

  private static Map.Entry<String, Deviation> lenient(String file, String reason) {
    return entry(file, new Deviation(ONLY_PLINTH_READS, reason));
  }

  private static Map.Entry<String, Deviation> otherwise(String file, String reason) {
    return entry(file, new Deviation(BOTH_READ_DIFFERENTLY, reason));
  }

  private record Deviation(Verdict verdict, String reason) {}

  enum Verdict {
    SAME,
    ONLY_KUBECTL_READS,
    ONLY_PLINTH_READS,
    BOTH_READ_DIFFERENTLY;

    static Verdict of(Optional<List<JsonNode>> byKubectl, Optional<List<JsonNode>> byPlinth) {
      if (byKubectl.equals(byPlinth)) {
        return SAME;
      }
      if (byKubectl.isEmpty()) {
        return ONLY_PLINTH_READS;
      }
      return byPlinth.isEmpty() ? ONLY_KUBECTL_READS : BOTH_READ_DIFFERENTLY;
    }
  }
}
