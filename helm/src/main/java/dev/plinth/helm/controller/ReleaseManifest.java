package dev.plinth.helm.controller;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.plinth.helm.release.Release;
import dev.plinth.helm.release.ReleaseName;
import dev.plinth.manifest.ManifestException;
import dev.plinth.manifest.YamlText;
import dev.plinth.manifest.YamlTree;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * What a release holds: the objects of its manifest, those that an uninstallation keeps among them,
 * and no hooks, which come and go.
 *
 * <p>Read with Helm's tolerance: of a key that is there twice the last counts. What is no object
 * was none to Helm either.
 *
 * @param problems documents that cannot be read, without their content
 */
record ReleaseManifest(List<DeclaredObject> objects, List<String> problems) {

  private static final String HOOK = "helm.sh/hook";
  private static final Pattern SEPARATOR =
      Pattern.compile("^---[ \\t]*(?:#.*)?\\R", Pattern.MULTILINE);

  ReleaseManifest {
    objects = List.copyOf(objects);
    problems = List.copyOf(problems);
  }

  static ReleaseManifest of(Release release) {
    return parse(release.manifest(), release.name());
  }

  static ReleaseManifest parse(String manifest, ReleaseName release) {
    List<DeclaredObject> objects = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    documents("manifest of release " + release, manifest, problems::add)
        .forEach(it -> collect(it, release, objects));
    return new ReleaseManifest(objects, problems);
  }

  /**
   * The documents of a text.
   *
   * @param source the text as people know it
   * @param problems is told of what cannot be read, without its content
   */
  static List<JsonNode> documents(String source, String text, Consumer<String> problems) {
    List<JsonNode> documents = new ArrayList<>();
    int number = 0;
    for (String document : SEPARATOR.split(text)) {
      number++;
      try {
        YamlText.parse("%s, document %d".formatted(source, number), document)
            .value()
            .map(ReleaseManifest::json)
            .ifPresent(documents::add);
      } catch (ManifestException e) {
        problems.accept(e.getMessage());
      }
    }
    return documents;
  }

  private static void collect(
      JsonNode document, ReleaseName release, List<DeclaredObject> objects) {
    if (document.path("kind").asText().endsWith("List") && document.path("items").isArray()) {
      document.path("items").forEach(it -> collect(it, release, objects));
    } else if (document instanceof ObjectNode object
        && object.path("apiVersion").isTextual()
        && object.path("kind").isTextual()
        && object.path("metadata").path("name").isTextual()
        && !object.path("metadata").path("annotations").has(HOOK)) {
      objects.add(DeclaredObject.of(object, release));
    }
  }

  private static JsonNode json(YamlTree tree) {
    if (tree instanceof YamlTree.Mapping mapping) {
      ObjectNode object = JsonNodeFactory.instance.objectNode();
      mapping.members().forEach((key, member) -> object.set(key, json(member.value())));
      return object;
    }
    if (tree instanceof YamlTree.Sequence sequence) {
      ArrayNode array = JsonNodeFactory.instance.arrayNode();
      sequence.items().forEach(it -> array.add(json(it)));
      return array;
    }
    return ((YamlTree.Scalar) tree).value();
  }
}
