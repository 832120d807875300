package dev.plinth.helm.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.yaml.snakeyaml.LoaderOptions;

/** The objects that a rendered manifest names. */
final class ManifestObjects {

  /** As much as Helm renders. */
  private static final int LARGEST = 100 << 20;

  private static final ObjectMapper YAML = new ObjectMapper(factory());

  private ManifestObjects() {}

  /**
   * An object by its name.
   *
   * @param reference with kind and name, and with the release's namespace if it says none
   * @param hook whether Helm runs it at certain events instead of with the others
   * @param kept whether Helm leaves it when the release is uninstalled
   */
  record ManifestObject(GenericKubernetesResource reference, boolean hook, boolean kept) {
    @Override
    public String toString() {
      return reference.getKind()
          + " "
          + reference.getMetadata().getNamespace()
          + "/"
          + reference.getMetadata().getName();
    }
  }

  /**
   * @param manifest YAML documents; one that is no object is passed over
   * @throws IOException if it is not YAML
   */
  static List<ManifestObject> parse(String manifest, String namespace) throws IOException {
    List<ManifestObject> objects = new ArrayList<>();
    try (MappingIterator<JsonNode> documents =
        YAML.readerFor(JsonNode.class).readValues(manifest)) {
      while (documents.hasNextValue()) {
        add(objects, documents.nextValue(), namespace);
      }
    }
    return objects;
  }

  private static void add(List<ManifestObject> objects, JsonNode document, String namespace) {
    if (document.path("kind").asText().endsWith("List") && document.path("items").isArray()) {
      document.path("items").forEach(item -> add(objects, item, namespace));
    } else if (document.path("kind").isTextual()
        && document.path("metadata").path("name").isTextual()) {
      JsonNode metadata = document.path("metadata");
      GenericKubernetesResource reference = new GenericKubernetesResource();
      reference.setApiVersion(document.path("apiVersion").asText());
      reference.setKind(document.path("kind").asText());
      reference.setMetadata(
          new ObjectMetaBuilder()
              .withName(metadata.path("name").asText())
              .withNamespace(metadata.path("namespace").asText(namespace))
              .build());
      JsonNode annotations = metadata.path("annotations");
      objects.add(
          new ManifestObject(
              reference,
              annotations.has("helm.sh/hook"),
              annotations.path("helm.sh/resource-policy").asText().contains("keep")));
    }
  }

  private static YAMLFactory factory() {
    LoaderOptions options = new LoaderOptions();
    options.setCodePointLimit(LARGEST);
    return YAMLFactory.builder().loaderOptions(options).build();
  }
}
