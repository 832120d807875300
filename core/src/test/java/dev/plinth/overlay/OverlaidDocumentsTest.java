package dev.plinth.overlay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.plinth.manifest.ManifestDocument;
import dev.plinth.manifest.ManifestException;
import dev.plinth.manifest.ManifestParser;
import dev.plinth.manifest.ObjectReference;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OverlaidDocumentsTest {

  private static final List<ManifestDocument> DECLARED =
      new ManifestParser()
          .parse(
              "web.yaml",
              """
              apiVersion: apps/v1
              kind: Deployment
              metadata: {name: web, namespace: shop, labels: {app: web}}
              spec:
                replicas: 1
                template:
                  spec:
                    containers: [{name: web, image: web:1}, {name: proxy, image: proxy:1}]
              ---
              apiVersion: v1
              kind: ConfigMap
              metadata: {name: web, namespace: shop}
              data: {a: hidden, b: two, odd/key: x}
              ---
              apiVersion: v1
              kind: ConfigMap
              metadata: {name: web, namespace: other}
              data: {}
              ---
              {apiVersion: v1, kind: ConfigMap, metadata: {name: nowhere}}
              """);

  private static final String CONFIG_MAP =
      "target: {kind: ConfigMap, name: web, namespace: shop}\npatch:\n";

  @Test
  void aMergePatchSetsAddsAndRemovesFieldsAndReplacesListsWhole() {
    JsonNode result =
        laid(
            0,
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web, labels: {app: null, team: a}}
            spec:
              replicas: 3
              strategy: {rollingUpdate: {maxSurge: 1, gone: null}}
              template: {spec: {containers: [{name: web, image: web:2}]}}
            """);

    assertThat(result.toString())
        .isEqualTo(
            """
            {"apiVersion":"apps/v1","kind":"Deployment",\
            "metadata":{"name":"web","namespace":"shop","labels":{"team":"a"}},\
            "spec":{"replicas":3,\
            "template":{"spec":{"containers":[{"name":"web","image":"web:2"}]}},\
            "strategy":{"rollingUpdate":{"maxSurge":1}}}}\
            """);
  }

  @Test
  void aJsonPatchDoesItsOperationsInTheirOrder() {
    JsonNode result =
        laid(
            0,
            """
            target: {apiVersion: apps/v1, kind: Deployment, name: web, namespace: shop}
            patch:
              - {op: test, path: /spec/replicas, value: 1}
              - {op: replace, path: /spec/template/spec/containers/0/image, value: web:2}
              - {op: remove, path: /spec/template/spec/containers/1}
              - {op: add, path: /spec/template/spec/containers/-, value: {name: log}}
              - {op: copy, from: /spec/template/spec/containers/0/image, path: /spec/template/spec/containers/1/image}
              - {op: move, from: /metadata/labels/app, path: /metadata/labels/app.example.org~1name}
            """);

    assertThat(result.at("/spec/template/spec/containers").toString())
        .isEqualTo(
            "[{\"name\":\"web\",\"image\":\"web:2\"},{\"name\":\"log\",\"image\":\"web:2\"}]");
    assertThat(result.at("/metadata/labels").toString())
        .isEqualTo("{\"app.example.org/name\":\"web\"}");
  }

  @Test
  void filesAreLaidOverEachOtherAndEachObjectKnowsThemAll() {
    OverlaidDocuments documents =
        OverlaidDocuments.of(DECLARED)
            .with(file("a.yaml", merge("Deployment", "spec: {replicas: 2}")))
            .with(file("b.yaml", merge("Deployment", "spec: {replicas: 3}")));

    ManifestDocument result = documents.over(DECLARED).get(0);
    assertThat(result.content().at("/spec/replicas").asInt()).isEqualTo(3);
    assertThat(result.location()).isEqualTo(DECLARED.get(0).location());
    assertThat(documents.originsOf(DECLARED.get(0).reference()))
        .containsExactly("overlays/shop/a.yaml", "overlays/shop/b.yaml");
    assertThat(documents.originsOf(DECLARED.get(1).reference())).isEmpty();
    assertThat(documents.over(DECLARED).subList(1, 4)).isEqualTo(DECLARED.subList(1, 4));
    assertThat(DECLARED.get(0).content().at("/spec/replicas").asInt()).isEqualTo(1);
  }

  @Test
  void anObjectIsTheSameInAllVersionsOfItsGroupAndWithoutNamespaceInTheDefaultOne() {
    assertThat(
            laid(
                    0,
                    "apiVersion: apps/v1beta1\n"
                        + "kind: Deployment\n"
                        + "metadata: {name: web}\n"
                        + "spec: {replicas: 9}")
                .at("/spec/replicas")
                .asInt())
        .isEqualTo(9);
    String nowhere = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: nowhere%s}\ndata: {a: b}";
    assertThat(laid(3, nowhere.formatted(", namespace: default")).at("/data/a").asText())
        .isEqualTo("b");
    assertThat(laid(3, nowhere.formatted("")).at("/metadata").has("namespace")).isFalse();
    assertThat(
            OverlaidDocuments.of(DECLARED)
                .with(file("a.yaml", nowhere.formatted("")))
                .originsOf(new ObjectReference("v1", "ConfigMap", "default", "nowhere")))
        .isNotEmpty();
  }

  @Test
  void aFileOfCommentsChangesNothing() {
    assertThat(OverlaidDocuments.of(DECLARED).with(file("a.yaml", "# nothing\n---\n")).places())
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          a: [|2:1:
          []|1:1: found a sequence, expected a mapping
          {kind: ConfigMap, metadata: {name: web}, data: {}}|1:1: apiVersion: missing, expected a string
          {apiVersion: 1, kind: ConfigMap, metadata: {name: web}, data: {}}|1:14: apiVersion: found an integer, expected a string
          {apiVersion: v1, kind: ConfigMap, data: {}}|1:1: metadata: missing, expected a mapping
          {apiVersion: v1, kind: ConfigMap, metadata: {}, data: {}}|1:45: metadata.name: missing, expected a string
          {apiVersion: v1, kind: ConfigMap, metadata: {name: ""}, data: {}}|1:52: metadata.name: found an empty string
          {apiVersion: v1, kind: ConfigMap, metadata: {name: web, namespace: shop}}|1:1: found no field to change
          {apiVersion: v1, kind: ConfigMap, metadata: {name: none}, data: {}}|1:1: the add-on declares no ConfigMap none; it declares Deployment shop/web, ConfigMap shop/web, ConfigMap other/web, ConfigMap nowhere
          {apiVersion: apps/v1, kind: ConfigMap, metadata: {name: web}, data: {}}|1:1: the add-on declares no ConfigMap web
          {apiVersion: v1, kind: ConfigMap, metadata: {name: web}, data: {}}|1:1: found several objects that are meant: ConfigMap shop/web, ConfigMap other/web; name the namespace
          {apiVersion: v1, kind: Secret, metadata: {name: web}, data: {a: hidden}}|1:24: kind: found Secret
          {apiVersion: v1, kind: ConfigMap, metadata: {name: web}, data: {a: 1, a: 2}}|1:71: data.a: duplicate key
          {target: {kind: ConfigMap, name: web}}|1:1: patch: missing, expected a list of operations
          {target: {kind: ConfigMap, name: web}, patch: "[]"}|1:47: patch: found a string, expected a list of operations
          {target: {kind: ConfigMap, name: web}, patch: []}|1:47: patch: found no operation
          {patch: [{op: remove, path: /data}]}|1:1: target: missing, expected a mapping
          {target: {kind: ConfigMap, name: web, label: x}, patch: [{op: remove, path: /data}]}|1:39: target: found an unknown key, expected apiVersion, kind, name, namespace
          {target: {kind: Secret, name: web}, patch: [{op: remove, path: /data}]}|1:17: target.kind: found Secret
          """)
  void whatCannotBeUsedIsToldWithItsPlace(String content, String problem) {
    String message = failure(content);

    assertThat(message).startsWith("overlays/shop/a.yaml:" + problem).doesNotContain("hidden");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          remove|3:5: patch[0]: found a string, expected a mapping
          {path: /data}|3:5: patch[0].op: missing, expected a string
          {op: delete, path: /data}|3:10: patch[0].op: found no operation, expected add, remove, replace, move, copy or test
          {op: add, path: /data/c}|3:5: patch[0].value: missing
          {op: remove}|3:5: patch[0].path: missing, expected a string
          {op: remove, path: data}|3:24: patch[0].path: found no JSON pointer, expected one like /spec/replicas
          {op: remove, path: /data/a~b}|3:24: patch[0].path: found a '~' that is neither ~0, which stands for '~', nor ~1, which stands for '/'
          {op: remove, path: 7}|3:24: patch[0].path: found an integer, expected a string
          {op: move, path: /data/c}|3:5: patch[0].from: missing, expected a string
          {op: remove, path: /data/a, value: 1}|3:33: patch[0]: found an unknown key, expected op, path
          {op: replace, path: /metadata/name, value: x}|3:25: patch[0].path: found what tells which object it is, which an overlay cannot change
          {op: move, from: /kind, path: /data/kind}|3:22: patch[0].from: found what tells which object it is, which an overlay cannot change
          {op: replace, path: "", value: {}}|3:25: patch[0].path: found what tells which object it is, which an overlay cannot change
          {op: remove, path: /data/none}|3:5: patch[0]: there is nothing at /data/none
          {op: replace, path: /data/none, value: x}|3:5: patch[0]: replace /data/none: Missing field "none" at /data
          {op: add, path: /data/none/x, value: x}|3:5: patch[0]: add /data/none/x: Missing field "none" at /data
          {op: add, path: /data/a/x, value: x}|3:5: patch[0]: add /data/a/x: Cannot reference past scalar value at /data/a
          {op: test, path: /data/a, value: other}|3:5: patch[0]: the test of /data/a fails
          {op: test, path: /data/none, value: other}|3:5: patch[0]: the test of /data/none fails
          """)
  void anOperationThatCannotBeDoneIsToldWithItsPlace(String operation, String problem) {
    String message = failure(CONFIG_MAP + "  - " + operation);

    assertThat(message).startsWith("overlays/shop/a.yaml:" + problem).doesNotContain("hidden");
  }

  @Test
  void operationsOnListsNeedAnIndex() {
    assertThat(
            failure(
                """
                target: {kind: Deployment, name: web}
                patch: [{op: add, path: /spec/template/spec/containers/web, value: x}]
                """))
        .contains(
            "patch[0]: add /spec/template/spec/containers/web: found a list, expected an index");
    assertThat(
            failure(
                """
                target: {kind: Deployment, name: web}
                patch: [{op: replace, path: /spec/template/spec/containers/7, value: x}]
                """))
        .contains("Array index 7 out of bounds");
  }

  @Test
  void allThatIsWrongWithAFileIsToldAndNoneOfItIsUsed() {
    OverlaidDocuments before = OverlaidDocuments.of(DECLARED);

    assertThatThrownBy(
            () ->
                before.with(
                    file(
                        "a.yaml",
                        merge("Deployment", "spec: {replicas: 2}")
                            + "\n---\n"
                            + merge("Job", "spec: {}")
                            + "\n---\n"
                            + merge("Pod", "spec: {}"))))
        .isInstanceOf(ManifestException.class)
        .hasMessageContaining("a.yaml:6:1: the add-on declares no Job web")
        .hasMessageContaining("a.yaml:11:1: the add-on declares no Pod web");
    assertThat(before.places()).isEmpty();
  }

  private static String failure(String content) {
    try {
      OverlaidDocuments.of(DECLARED).with(file("a.yaml", content));
    } catch (ManifestException e) {
      return e.getMessage();
    }
    throw new AssertionError("accepted: " + content);
  }

  private static JsonNode laid(int document, String overlay) {
    return OverlaidDocuments.of(DECLARED)
        .with(file("a.yaml", overlay))
        .over(DECLARED)
        .get(document)
        .content();
  }

  private static String merge(String kind, String rest) {
    return "apiVersion: apps/v1\nkind: %s\nmetadata: {name: web}\n%s".formatted(kind, rest);
  }

  private static OverlayFile file(String name, String content) {
    return new OverlayFile("shop", name, content);
  }
}
