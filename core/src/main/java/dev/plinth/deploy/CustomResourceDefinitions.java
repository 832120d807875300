package dev.plinth.deploy;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.hash.Hashing;
import com.google.common.io.Resources;
import dev.plinth.apply.FieldChange;
import dev.plinth.apply.ObjectPreview;
import dev.plinth.apply.ObjectPreview.Change;
import dev.plinth.cluster.ClusterApi;
import dev.plinth.cluster.FieldSet;
import dev.plinth.cluster.Labels;
import dev.plinth.cluster.ResourceKind;
import dev.plinth.manifest.ManifestParser;
import dev.plinth.manifest.ObjectReference;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Definitions that a server itself and its add-ons bring: created or updated, and waited for. */
public final class CustomResourceDefinitions {

  private static final ResourceKind KIND =
      new ResourceKind(
          "apiextensions.k8s.io",
          "v1",
          "CustomResourceDefinition",
          "customresourcedefinitions",
          false);
  private static final long ESTABLISHED_SECONDS = 60;

  private final KubernetesClient client;
  private final ClusterApi api;

  public CustomResourceDefinitions(KubernetesClient client, ClusterApi api) {
    this.client = client;
    this.api = api;
  }

  /** Makes sure that the API server serves Addons. */
  public void ensureAddons() {
    ensure(bodyOfAddons());
  }

  /**
   * Makes sure that the API server serves what an add-on brings.
   *
   * @throws KubernetesClientException if it refuses, or does not within a minute
   */
  public void ensure(CustomResourceDefinition definition, String addon) {
    ensure(bodyOf(definition, addon));
  }

  /** What {@link #ensureAddons} would do. */
  public ObjectPreview previewAddons() {
    return preview(bodyOfAddons());
  }

  /** What {@link #ensure} would do. */
  public ObjectPreview preview(CustomResourceDefinition definition, String addon) {
    return preview(bodyOf(definition, addon));
  }

  /** Deletes the definitions that an add-on brought, and with them all resources of these kinds. */
  public void delete(String addon) {
    api.get(KIND.path("") + "?labelSelector=" + Labels.ADDON + "%3D" + addon)
        .ifPresent(
            list -> {
              for (JsonNode it : list.path("items")) {
                JsonNode metadata = it.path("metadata");
                api.delete(KIND, "", metadata.path("name").asText(), metadata.path("uid").asText());
              }
            });
  }

  private void ensure(ObjectNode body) {
    String name = nameOf(body);
    ObjectNode live =
        api.get(KIND, "", name)
            .filter(it -> isApplied(it, body))
            .orElseGet(() -> api.apply(KIND, body, true).object());
    if (!isEstablished(live)) {
      awaitEstablished(name);
    }
  }

  private ObjectPreview preview(ObjectNode body) {
    Optional<ObjectNode> live = api.get(KIND, "", nameOf(body));
    boolean same = live.filter(it -> isApplied(it, body)).isPresent();
    List<FieldChange> fields =
        same || live.isEmpty()
            ? List.of()
            : FieldChange.between(live.get(), api.dryRunApply(KIND, body, true), false);
    return new ObjectPreview(
        new ObjectReference(KIND.apiVersion(), KIND.kind(), "", nameOf(body)),
        same ? Change.LEAVE : live.isEmpty() ? Change.CREATE : Change.CHANGE,
        !live.isEmpty(),
        fields,
        "");
  }

  private static ObjectNode bodyOfAddons() {
    try {
      String text =
          Resources.toString(
              Resources.getResource(CustomResourceDefinitions.class, "addons.k3s.cattle.io.yaml"),
              UTF_8);
      return marked(new ManifestParser().parse("addons.k3s.cattle.io.yaml", text).get(0).content());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ObjectNode bodyOf(CustomResourceDefinition definition, String addon) {
    ObjectNode body =
        (ObjectNode) client.getKubernetesSerialization().convertValue(definition, JsonNode.class);
    ((ObjectNode) body.path("metadata")).withObjectProperty("labels").put(Labels.ADDON, addon);
    return marked(body);
  }

  private static ObjectNode marked(ObjectNode declared) {
    ObjectNode body = declared.deepCopy();
    body.remove("status");
    ((ObjectNode) body.path("metadata"))
        .withObjectProperty("annotations")
        .put(Labels.APPLIED, Hashing.sha256().hashString(body.toString(), UTF_8).toString());
    return body;
  }

  private static String nameOf(ObjectNode body) {
    return body.path("metadata").path("name").asText();
  }

  private boolean isApplied(ObjectNode live, ObjectNode body) {
    JsonNode metadata = live.path("metadata");
    return metadata
            .path("annotations")
            .path(Labels.APPLIED)
            .equals(body.path("metadata").path("annotations").path(Labels.APPLIED))
        && FieldSet.appliedBy(api.fieldManager(), metadata.path("managedFields"))
            .uncovered(body)
            .isEmpty();
  }

  private static boolean isEstablished(JsonNode live) {
    for (JsonNode condition : live.path("status").path("conditions")) {
      if (condition.path("type").asText().equals("Established")) {
        return condition.path("status").asText().equals("True");
      }
    }
    return false;
  }

  /** Waits by one watch, which begins with what there is. */
  private void awaitEstablished(String name) {
    CompletableFuture<Void> established = new CompletableFuture<>();
    try (Watch watch =
        client
            .apiextensions()
            .v1()
            .customResourceDefinitions()
            .withName(name)
            .watch(new Establishment(established))) {
      established.get(ESTABLISHED_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new KubernetesClientException(
          "CustomResourceDefinition %s is not established after %d s"
              .formatted(name, ESTABLISHED_SECONDS),
          e);
    } catch (ExecutionException e) {
      throw new KubernetesClientException(
          "CustomResourceDefinition %s cannot be watched: %s".formatted(name, e.getCause()),
          e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KubernetesClientException("interrupted", new InterruptedIOException(name));
    }
  }

  private final class Establishment implements Watcher<CustomResourceDefinition> {

    private final CompletableFuture<Void> established;

    Establishment(CompletableFuture<Void> established) {
      this.established = established;
    }

    @Override
    public void eventReceived(Action action, CustomResourceDefinition live) {
      if (action != Action.DELETED
          && isEstablished(
              client.getKubernetesSerialization().convertValue(live, JsonNode.class))) {
        established.complete(null);
      }
    }

    @Override
    public void onClose(WatcherException cause) {
      established.completeExceptionally(cause);
    }
  }
}
