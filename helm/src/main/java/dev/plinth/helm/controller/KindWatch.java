package dev.plinth.helm.controller;

import dev.plinth.cluster.KeyStore;
import dev.plinth.cluster.NewestObjects;
import dev.plinth.cluster.ResourceKind;
import dev.plinth.health.HealthRules;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * The objects of one kind that Helm has made, in one namespace or in all, as last seen. Helm itself
 * sees to it that every object of a release has the label by which they are selected.
 */
final class KindWatch implements ResourceEventHandler<GenericKubernetesResource>, AutoCloseable {

  private static final String LABEL = "app.kubernetes.io/managed-by";
  private static final String HELM = "Helm";

  private final ResourceKind kind;
  private final HealthRules rules;
  private final Consumer<ObjectKey> changed;
  private final NewestObjects<SeenObject> objects =
      new NewestObjects<>(SeenObject::uid, SeenObject::resourceVersion);
  private final CompletableFuture<Void> listed = new CompletableFuture<>();
  private final SharedIndexInformer<GenericKubernetesResource> informer;

  /**
   * Begins to watch.
   *
   * @param namespace empty for all
   * @param changed is told which object has changed in a way that matters, on a thread of the
   *     client
   */
  KindWatch(
      KubernetesClient client,
      ResourceKind kind,
      String namespace,
      HealthRules rules,
      Consumer<ObjectKey> changed) {
    this.kind = kind;
    this.rules = rules;
    this.changed = changed;
    var all = client.genericKubernetesResources(kind.toContext());
    this.informer =
        (namespace.isEmpty() ? all.inAnyNamespace() : all.inNamespace(namespace))
            .withLabel(LABEL, HELM)
            .runnableInformer(0)
            .itemStore(new KeyStore())
            .exceptionHandler((started, error) -> started)
            .addEventHandler(this);
    informer
        .start()
        .whenComplete(
            (done, error) -> {
              if (error != null) {
                listed.completeExceptionally(error);
              }
            });
  }

  /** Completes when what the server has is known, or with the server's refusal. */
  CompletableFuture<Void> listed() {
    return listed;
  }

  /** Whether what the server has is known. */
  boolean isListed() {
    return listed.isDone() && !listed.isCompletedExceptionally();
  }

  Optional<SeenObject> find(ObjectKey key) {
    return objects.find(name(key.namespace(), key.name()));
  }

  /**
   * Takes an answer of the server in, so that a look right after it does not see what was before.
   */
  void put(SeenObject seen) {
    NewestObjects.Taken<SeenObject> taken =
        objects.put(name(seen.key().namespace(), seen.key().name()), seen);
    // What there is at first is looked at when all of it is known.
    if (isListed()
        && taken.news()
        && taken.before().filter(it -> !it.differsFrom(seen)).isEmpty()) {
      changed.accept(seen.key());
    }
  }

  @Override
  public void onAdd(GenericKubernetesResource live) {
    seen(live);
  }

  @Override
  public void onUpdate(GenericKubernetesResource before, GenericKubernetesResource live) {
    seen(live);
  }

  private void seen(GenericKubernetesResource live) {
    ObjectMeta metadata = live.getMetadata();
    if (objects.isNews(name(metadata), metadata.getUid(), metadata.getResourceVersion())) {
      put(SeenObject.of(kind, live, rules));
    }
  }

  @Override
  public void onDelete(GenericKubernetesResource deleted, boolean unknownState) {
    ObjectMeta last = deleted.getMetadata();
    objects
        .remove(name(last), last.getUid(), last.getResourceVersion())
        .ifPresent(it -> changed.accept(it.key()));
  }

  @Override
  public void onList(String resourceVersion, boolean remainedEmpty) {
    listed.complete(null);
  }

  @Override
  public void close() {
    informer.close();
    listed.cancel(false);
  }

  private static String name(ObjectMeta metadata) {
    return name(Optional.ofNullable(metadata.getNamespace()).orElse(""), metadata.getName());
  }

  private static String name(String namespace, String name) {
    return namespace + "/" + name;
  }
}
