package dev.plinth.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever the input, there is an answer or a refusal with a place. */
class ManifestParserPropertiesTest {

  private static final List<String> PIECES =
      List.of(
          "apiVersion: v1\n",
          "kind: List\n",
          "kind: ConfigMap\n",
          "metadata: {name: a}\n",
          "items:\n",
          "- ",
          "  ",
          "\n",
          ": ",
          "{",
          "}",
          "[",
          "]",
          ",",
          "\"",
          "'",
          "|\n",
          ">\n",
          "---\n",
          "...\n",
          "&a ",
          "*a",
          "<<: ",
          "!!int ",
          "!x ",
          "# ",
          "? ",
          "\t",
          "%",
          "\\",
          "1",
          "yes",
          "~",
          "\uFEFF",
          "\u0085",
          "\u0000",
          "\uD83D\uDE00",
          "{\"a\": 1}",
          "\r\n",
          "\r");

  @Property
  void anyBytesAreReadOrRefused(@ForAll byte[] content) {
    readOrRefuse(content);
  }

  @Property(tries = 3000)
  void anyTextIsReadOrRefused(@ForAll("texts") String text) {
    readOrRefuse(text.getBytes(StandardCharsets.UTF_8));
  }

  @Property
  void aManifestCutShortIsReadOrRefused(@ForAll long seed, @ForAll short cut) {
    byte[] manifest = new GeneratedManifests(seed).next().getBytes(StandardCharsets.UTF_8);

    readOrRefuse(Arrays.copyOf(manifest, Math.floorMod(cut, manifest.length + 1)));
  }

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.of(PIECES).list().ofMaxSize(30).map(pieces -> String.join("", pieces));
  }

  private static void readOrRefuse(byte[] content) {
    try {
      new ManifestParser()
          .parse("m.yaml", content)
          .forEach(document -> assertThat(document.reference().name()).isNotEmpty());
    } catch (ManifestException e) {
      assertThat(e.problems())
          .isNotEmpty()
          .allSatisfy(
              problem -> {
                assertThat(problem.location().line()).isPositive();
                assertThat(problem.location().column()).isPositive();
                assertThat(problem.message()).isNotBlank().doesNotContain("null:");
              });
    }
  }
}
