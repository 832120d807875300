package dev.plinth.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestParserTest {

  private static final String CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n";

  private final ManifestParser parser = new ManifestParser();

  @Test
  void documentsKeepTheirOrderAndTheirPlaces() {
    assertThat(
            placesOf(
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
                """))
        .containsExactly("ConfigMap a at m.yaml:3:1", "Secret ns/b at m.yaml:8:1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "\n\n", "# only\n# comments\n", "---\n---\n", "---\n~\n--- # x\nnull\n"})
  void nothingIsDeclaredByBlanksAndCommentsAndNull(String manifest) {
    assertThat(parser.parse("m.yaml", manifest)).isEmpty();
  }

  @Test
  void listsAreReplacedByTheirItemsWithTheirPlaces() {
    assertThat(
            placesOf(
                """
                apiVersion: v1
                kind: List
                metadata: {resourceVersion: ""}
                items:
                - apiVersion: v1
                  kind: ConfigMap
                  metadata: {name: a}
                - apiVersion: v1
                  kind: List
                  items:
                  - {apiVersion: v1, kind: Secret, metadata: {name: b}}
                ---
                apiVersion: apps/v1
                kind: DeploymentList
                items:
                - metadata: {name: c}
                """))
        .containsExactly(
            "ConfigMap a at m.yaml:5:3", "Secret b at m.yaml:11:5", "Deployment c at m.yaml:16:3");
  }

  @Test
  void itemsOfATypedListHaveTheListsType() throws JsonProcessingException {
    assertThat(
            contentOf(
                "apiVersion: apps/v1\nkind: DeploymentList\nitems: [{metadata: {name: c}}]\n"))
        .isEqualTo("{'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':'c'}}");
  }

  @Test
  void kindsThatOnlyEndLikeAListAreObjects() {
    assertThat(placesOf("apiVersion: x.io/v1\nkind: AllowList\nmetadata: {name: a}\n"))
        .containsExactly("AllowList a at m.yaml:1:1");
  }

  @Test
  void jsonObjectsMayFollowEachOther() {
    assertThat(
            placesOf(
                """
                {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}
                  {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "b"}}
                """))
        .containsExactly("ConfigMap a at m.yaml:1:1", "ConfigMap b at m.yaml:2:3");
  }

  @Test
  void yamlMayFollowAJsonObject() {
    assertThat(
            placesOf(
                "{\"apiVersion\": \"v1\", \"kind\": \"ConfigMap\", \"metadata\": {\"name\":"
                    + " \"b\"}}\n"
                    + "---\n"
                    + CONFIG_MAP))
        .containsExactly("ConfigMap b at m.yaml:1:1", "ConfigMap a at m.yaml:3:1");
  }

  @Test
  void jsonKeepsWhatYamlHasNot() throws JsonProcessingException {
    assertThat(
            contentOf(
                "{\t\"apiVersion\": \"v1\", \"kind\": \"ConfigMap\", \"metadata\": {\"name\":"
                    + " \"a\"},\n"
                    + "\t\"data\": \"\\ud83d\\ude00\\/\"}"))
        .contains("'data':'\uD83D\uDE00/'");
  }

  @Test
  void aliasesAndMergeKeysAreWrittenOut() throws JsonProcessingException {
    assertThat(
            contentOf(
                CONFIG_MAP
                    + """
                    base: &base {a: 1, b: [x]}
                    copy: *base
                    merged: {<<: *base, a: 2}
                    several: {<<: [{a: 3}, *base]}
                    """))
        .endsWith(
            "'base':{'a':1,'b':['x']},'copy':{'a':1,'b':['x']},'merged':{'a':2,'b':['x']},'several':{'a':3,'b':['x']}}");
  }

  @Test
  void windowsFilesReadTheSame() {
    String manifest =
        "\uFEFF" + CONFIG_MAP + "data: |\n  x\n  y\n---\n" + CONFIG_MAP.replace("a}", "b}");

    assertThat(parser.parse("m.yaml", manifest.replace("\n", "\r\n")))
        .isEqualTo(parser.parse("m.yaml", manifest));
  }

  @Test
  void oneNameInTwoNamespacesOrGroupsIsTwoObjects() {
    String other = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: other}\n";
    String group = "apiVersion: example.com/v1\nkind: ConfigMap\nmetadata: {name: a}\n";

    assertThat(parser.parse("m.yaml", CONFIG_MAP + "---\n" + other + "---\n" + group)).hasSize(3);
  }

  @Test
  void columnsCountCharactersNotUnits() {
    assertThat(placesOf("{\"x\": 1, \"apiVersion\": v1, kind: Pod, metadata: {name: a}}"))
        .containsExactly("Pod a at m.yaml:1:1");
    assertThat(
            placesOf(
                "apiVersion: v1\n"
                    + "kind: List\n"
                    + "items: [{x: \uD83D\uDE00, apiVersion: v1, kind: A, metadata: {name: a}},"
                    + " {apiVersion: v1, kind: B, metadata: {name: a}}]\n"))
        .containsExactly("A a at m.yaml:3:9", "B a at m.yaml:3:63");
  }

  private List<String> placesOf(String manifest) {
    return parser.parse("m.yaml", manifest).stream()
        .map(document -> document.reference() + " at " + document.location())
        .toList();
  }

  private String contentOf(String manifest) throws JsonProcessingException {
    return JsonMapper.builder()
        .build()
        .writeValueAsString(parser.parse("m.yaml", manifest).get(0).content())
        .replace('"', '\'');
  }

  /** The library has a buffer of a kilobyte, and more for larger files. */
  @Test
  void charactersBeyondSixteenBitsMayStandAnywhere() {
    for (int length = 900; length < 1200; length++) {
      String text = "x".repeat(length) + "\uD83D\uDE00".repeat(600);

      assertThat(
              new ManifestParser()
                  .parse(
                      "m.yaml",
                      "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {a: %s}}"
                          .formatted(text)))
          .singleElement()
          .extracting(it -> it.content().at("/data/a").asText())
          .isEqualTo(text);
    }
  }
}
