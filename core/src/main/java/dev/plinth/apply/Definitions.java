package dev.plinth.apply;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.plinth.apply.ObjectPreview.Change;
import dev.plinth.cluster.ClusterApi;
import dev.plinth.cluster.FieldSet;
import dev.plinth.cluster.FieldTransfer;
import dev.plinth.cluster.Labels;
import dev.plinth.cluster.ResourceKind;
import dev.plinth.manifest.ObjectReference;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/**
 * CustomResourceDefinitions that are declared as a whole by one manager: applied where they differ,
 * and waited for. One that is unchanged costs a request to read it, and no write.
 */
public final class Definitions {

  /** The kind of definitions. */
  public static final ResourceKind KIND =
      new ResourceKind(
          "apiextensions.k8s.io",
          "v1",
          "CustomResourceDefinition",
          "customresourcedefinitions",
          false);

  private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

  private final KubernetesClient client;
  private final ClusterApi api;

  /**
   * @param client for the watches; stays open
   * @param api for all else, as the manager whose definitions these are
   */
  public Definitions(KubernetesClient client, ClusterApi api) {
    this.client = client;
    this.api = api;
  }

  /**
   * A definition as it is applied: with the mark by which it is found unchanged, and without what
   * only a server sets.
   */
  public static ObjectNode marked(ObjectNode declared) {
    ObjectNode body = declared.deepCopy();
    body.remove("status");
    ObjectNode metadata = body.withObjectProperty("metadata");
    metadata.remove(DesiredObject.SERVER_SET_METADATA);
    ObjectNode annotations =
        metadata.path("annotations") instanceof ObjectNode some
            ? some
            : metadata.putObject("annotations");
    annotations.remove(Labels.APPLIED);
    annotations.put(Labels.APPLIED, AppliedMark.hash(DesiredObject.canonical(body)));
    return body;
  }

  /** The live definition of that name. */
  public Optional<ObjectNode> find(String name) {
    return api.get(KIND, "", name);
  }

  /**
   * Which version of the definition of that name there is; empty if there is none. Costs little,
   * where definitions are large.
   */
  public Optional<String> version(String name) {
    return api.metadata(KIND, "", name).map(Definitions::version);
  }

  /** Which version of its definition a live one is. */
  public static String version(ObjectNode live) {
    JsonNode metadata = live.path("metadata");
    return metadata.path("uid").asText() + "/" + metadata.path("resourceVersion").asText();
  }

  /** Whether it was this very declaration that we applied last, and nobody has changed it since. */
  public boolean isUnchanged(ObjectNode live, ObjectNode marked) {
    JsonNode metadata = live.path("metadata");
    return markOf(live).equals(markOf(marked))
        && FieldSet.appliedBy(api.fieldManager(), metadata.path("managedFields"))
            .uncovered(marked)
            .isEmpty();
  }

  /**
   * Makes sure that the API server serves this, whatever there is.
   *
   * @param marked of {@link #marked}
   * @throws KubernetesClientException if it refuses, or does not serve it within a minute
   */
  public void ensure(ObjectNode marked) {
    ensure(marked, () -> false);
  }

  /**
   * Makes sure that the API server serves this, or what K3s has made of it.
   *
   * @param marked of {@link #marked}
   * @param leave asked only if K3s has written the definition: whether it is left as it is
   * @return whether it is as declared
   * @throws KubernetesClientException if the server refuses, or does not serve it within a minute
   */
  public boolean ensure(ObjectNode marked, BooleanSupplier leave) {
    Optional<ObjectNode> live = find(nameOf(marked));
    Optional<ObjectNode> left =
        live.filter(it -> !isUnchanged(it, marked))
            .filter(FieldTransfer::isWrittenByK3s)
            .filter(it -> !isHandedOver(it))
            .filter(it -> leave.getAsBoolean());
    awaitEstablished(
        left.or(() -> live.filter(it -> isUnchanged(it, marked)))
            .orElseGet(() -> api.apply(KIND, marked, true).object()));
    return left.isEmpty();
  }

  /** What {@link #ensure} would do. */
  public ObjectPreview preview(ObjectNode marked) {
    Optional<ObjectNode> live = find(nameOf(marked));
    boolean same = live.filter(it -> isUnchanged(it, marked)).isPresent();
    List<FieldChange> fields =
        same || live.isEmpty()
            ? List.of()
            : FieldChange.between(live.get(), api.dryRunApply(KIND, marked, true), false);
    return new ObjectPreview(
        new ObjectReference(KIND.apiVersion(), KIND.kind(), "", nameOf(marked)),
        same ? Change.LEAVE : live.isEmpty() ? Change.CREATE : Change.CHANGE,
        !live.isEmpty(),
        fields,
        "");
  }

  /**
   * Waits until a definition is served, if it is not: by one watch, which begins with what there
   * is.
   *
   * @param live as it was last seen
   * @throws KubernetesClientException if that is not so after a minute
   */
  public void awaitEstablished(ObjectNode live) {
    if (isEstablished(live)) {
      return;
    }
    String name = nameOf(live);
    CompletableFuture<Void> established = new CompletableFuture<>();
    try (Watch watch =
        client
            .apiextensions()
            .v1()
            .customResourceDefinitions()
            .withName(name)
            .watch(new Establishment(established))) {
      established.get(LONGEST_WAIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new KubernetesClientException(
          "CustomResourceDefinition %s is not established after %d s"
              .formatted(name, LONGEST_WAIT.toSeconds()),
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

  private static String nameOf(ObjectNode definition) {
    return definition.path("metadata").path("name").asText();
  }

  private static boolean isHandedOver(ObjectNode live) {
    return live.path("metadata").path("annotations").path(Labels.ADOPT).asText("").equals("true");
  }

  private static String markOf(ObjectNode definition) {
    return definition.path("metadata").path("annotations").path(Labels.APPLIED).asText("");
  }

  private static boolean isEstablished(JsonNode live) {
    for (JsonNode condition : live.path("status").path("conditions")) {
      if (condition.path("type").asText().equals("Established")) {
        return condition.path("status").asText().equals("True");
      }
    }
    return false;
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
