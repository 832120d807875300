package dev.plinth.deploy;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.io.Resources;
import dev.plinth.apply.Definitions;
import dev.plinth.apply.ObjectPreview;
import dev.plinth.cluster.ClusterApi;
import dev.plinth.cluster.Labels;
import dev.plinth.manifest.ManifestParser;
import dev.plinth.manifest.ObjectReference;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Definitions that a server itself and its add-ons bring: created or updated, and waited for. */
public final class CustomResourceDefinitions {

  private final KubernetesClient client;
  private final ClusterApi api;
  private final Definitions definitions;

  public CustomResourceDefinitions(KubernetesClient client, ClusterApi api) {
    this.client = client;
    this.api = api;
    this.definitions = new Definitions(client, api);
  }

  /** Makes sure that the API server serves Addons. */
  public void ensureAddons() {
    ensureAddons(() -> false);
  }

  /**
   * Makes sure that the API server serves Addons, be it those of K3s, which have no status.
   *
   * @param leave asked only if the definition is K3s's: whether it is left as it is
   */
  public void ensureAddons(BooleanSupplier leave) {
    definitions.ensure(bodyOfAddons(), leave);
  }

  /**
   * Makes sure that the API server serves what an add-on brings.
   *
   * @throws io.fabric8.kubernetes.client.KubernetesClientException if it refuses, or does not
   *     within a minute
   */
  public void ensure(CustomResourceDefinition definition, String addon) {
    ensure(definition, addon, () -> false);
  }

  /**
   * Makes sure that the API server serves what an add-on brings, be it as K3s brings it.
   *
   * @param leave asked only if the definition is K3s's: whether it is left as it is
   * @return false if it was left
   * @throws io.fabric8.kubernetes.client.KubernetesClientException if it refuses, or does not
   *     within a minute
   */
  public boolean ensure(CustomResourceDefinition definition, String addon, BooleanSupplier leave) {
    return definitions.ensure(bodyOf(definition, addon), leave);
  }

  /** What {@link #ensureAddons} would do. */
  public ObjectPreview previewAddons() {
    return definitions.preview(bodyOfAddons());
  }

  /** What {@link #ensure} would do. */
  public ObjectPreview preview(CustomResourceDefinition definition, String addon) {
    return definitions.preview(bodyOf(definition, addon));
  }

  /** Deletes the definitions that an add-on brought, and with them all resources of these kinds. */
  public void delete(String addon) {
    for (JsonNode metadata : metadataOf(addon)) {
      api.delete(
          Definitions.KIND, "", metadata.path("name").asText(), metadata.path("uid").asText());
    }
  }

  /** The definitions that an add-on brought, by {@link #ensure} or in a manifest, and that stay. */
  public List<ObjectReference> of(String addon) {
    return metadataOf(addon).stream()
        .filter(it -> it.path("deletionTimestamp").isMissingNode())
        .map(
            it ->
                new ObjectReference(
                    Definitions.KIND.apiVersion(),
                    Definitions.KIND.kind(),
                    "",
                    it.path("name").asText()))
        .toList();
  }

  private List<JsonNode> metadataOf(String addon) {
    List<JsonNode> found = new ArrayList<>();
    api.get(Definitions.KIND.path("") + "?labelSelector=" + Labels.ADDON + "%3D" + addon)
        .ifPresent(list -> list.path("items").forEach(it -> found.add(it.path("metadata"))));
    return found;
  }

  private static ObjectNode bodyOfAddons() {
    try {
      String text =
          Resources.toString(
              Resources.getResource(CustomResourceDefinitions.class, "addons.k3s.cattle.io.yaml"),
              UTF_8);
      return Definitions.marked(
          new ManifestParser().parse("addons.k3s.cattle.io.yaml", text).get(0).content());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ObjectNode bodyOf(CustomResourceDefinition definition, String addon) {
    ObjectNode body =
        (ObjectNode) client.getKubernetesSerialization().convertValue(definition, JsonNode.class);
    body.withObjectProperty("metadata").withObjectProperty("labels").put(Labels.ADDON, addon);
    return Definitions.marked(body);
  }
}
