package dev.plinth.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ManifestParserTest {

  private final ManifestParser parser = new ManifestParser();

  @Test
  void documentsKeepTheirOrderAndTheirPlaces() {
    var documents =
        parser.parse(
            "m.yaml",
            """
            # a comment
            ---
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: a}
            --- # another

            kind: Secret
            apiVersion: v1
            metadata:
              name: b
              namespace: ns
            ---
            ---
            # nothing
            """);

    assertThat(documents)
        .extracting(d -> d.reference() + " at " + d.location())
        .containsExactly("ConfigMap a at m.yaml:3:1", "Secret ns/b at m.yaml:8:1");
  }
}
