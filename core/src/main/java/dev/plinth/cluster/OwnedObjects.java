package dev.plinth.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.plinth.health.HealthRules;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.io.InterruptedIOException;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * All objects in the cluster that belong to an ApplySet, as last seen: one informer for each kind
 * in use, selected by label, so that memory and traffic are in proportion to what is owned.
 *
 * <p>Thread-safe. Listeners are called on informer threads.
 */
public final class OwnedObjects implements AutoCloseable {

  private static final Duration SYNC_TIMEOUT = Duration.ofSeconds(30);

  private final KubernetesClient client;
  private final ObservedObjects reduction;
  private final Consumer<String> changed;
  private final Map<String, KindWatch> watches = new HashMap<>();
  private boolean closed;

  /**
   * @param client the host's client; stays open
   * @param fieldManager whose Apply entries make an object a member
   * @param health how the health of an object is told
   * @param changed is told the id of every ApplySet of which a member was added, changed or deleted
   */
  public OwnedObjects(
      KubernetesClient client, String fieldManager, HealthRules health, Consumer<String> changed) {
    this.client = client;
    this.reduction = new ObservedObjects(fieldManager, health);
    this.changed = changed;
  }

  /**
   * Watches these kinds from now on, and returns when what the server has of them is known.
   *
   * @throws KubernetesClientException if the server refuses or cannot be reached; the next call
   *     tries again
   */
  public void watch(Collection<ResourceKind> kinds) {
    List<KindWatch> wanted = new ArrayList<>();
    synchronized (watches) {
      if (closed) {
        throw new IllegalStateException("closed");
      }
      for (ResourceKind kind : kinds) {
        wanted.add(watches.computeIfAbsent(kind.groupKind(), it -> new KindWatch(kind)));
      }
    }
    for (KindWatch watch : wanted) {
      try {
        watch.awaitSync();
      } catch (KubernetesClientException e) {
        synchronized (watches) {
          watches.remove(watch.kind.groupKind(), watch);
        }
        watch.close();
        throw e;
      }
    }
  }

  /**
   * Lists and watches all kinds anew, as an informer does not always notice that its watch has gone
   * together with the server. What the server refuses is watched on as it was.
   *
   * @throws KubernetesClientException if the server cannot be reached; the next call tries again
   */
  public void renew() {
    List<KindWatch> all;
    synchronized (watches) {
      all = List.copyOf(watches.values());
    }
    for (KindWatch old : all) {
      KindWatch fresh = new KindWatch(old.kind);
      fresh.objects.inherit(old.objects);
      boolean renewed = false;
      try {
        fresh.awaitSync();
        synchronized (watches) {
          renewed = watches.replace(old.kind.groupKind(), old, fresh);
        }
      } catch (KubernetesClientException e) {
        if (e.getCode() == 0 || e.getCode() >= HttpURLConnection.HTTP_INTERNAL_ERROR) {
          throw e;
        }
      } finally {
        (renewed ? old : fresh).close();
      }
      if (renewed) {
        signal(
            Stream.of(old, fresh)
                .flatMap(it -> it.objects.all().stream())
                .map(ObservedObject::applySetId)
                .toList());
      }
    }
  }

  /** The object of that identity, if it belongs to any ApplySet. */
  public Optional<ObservedObject> find(ResourceKind kind, String namespace, String name) {
    return watchOf(kind).flatMap(it -> it.objects.find(key(namespace, name)));
  }

  /** All members of an ApplySet among the watched kinds. */
  public List<ObservedObject> members(String applySetId) {
    List<KindWatch> all;
    synchronized (watches) {
      all = List.copyOf(watches.values());
    }
    return all.stream().flatMap(it -> it.ofSet(applySetId)).filter(ObservedObject::member).toList();
  }

  /**
   * Takes an answer of the server to an apply in, so that a look right after it does not see what
   * was before.
   *
   * @return the object as it is kept
   */
  public ObservedObject observe(ResourceKind kind, ObjectNode live) {
    JsonNode metadata = live.path("metadata");
    Optional<KindWatch> watch = watchOf(kind);
    return watch
        .flatMap(
            it ->
                it.find(
                    key(metadata.path("namespace").asText(""), metadata.path("name").asText()),
                    metadata.path("uid").asText(),
                    metadata.path("resourceVersion").asText()))
        .orElseGet(
            () -> {
              ObservedObject object = reduction.observe(kind, live);
              watch.ifPresent(it -> it.put(object));
              return object;
            });
  }

  /** What would be kept of a live object; it need not be a member of any set. */
  public ObservedObject reduce(ResourceKind kind, ObjectNode live) {
    return reduction.observe(kind, live);
  }

  /** Waits until the object fulfils the condition; false if it does not within the time. */
  public boolean await(
      ResourceKind kind,
      String namespace,
      String name,
      Predicate<Optional<ObservedObject>> condition,
      Duration timeout)
      throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    synchronized (this) {
      while (!condition.test(find(kind, namespace, name))) {
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (left <= 0) {
          return false;
        }
        wait(left);
      }
    }
    return true;
  }

  @Override
  public void close() {
    List<KindWatch> all;
    synchronized (watches) {
      closed = true;
      all = List.copyOf(watches.values());
      watches.clear();
    }
    all.forEach(KindWatch::close);
  }

  private Optional<KindWatch> watchOf(ResourceKind kind) {
    synchronized (watches) {
      return Optional.ofNullable(watches.get(kind.groupKind()));
    }
  }

  private void signal(Collection<String> applySetIds) {
    synchronized (this) {
      notifyAll();
    }
    applySetIds.stream().filter(it -> !it.isEmpty()).distinct().forEach(changed);
  }

  private static String keyOf(ObjectMeta metadata) {
    return key(Optional.ofNullable(metadata.getNamespace()).orElse(""), metadata.getName());
  }

  private static String key(String namespace, String name) {
    return namespace + "/" + name;
  }

  /** The watch of one kind. */
  private final class KindWatch implements ResourceEventHandler<GenericKubernetesResource> {

    private final ResourceKind kind;
    private final NewestObjects<ObservedObject> objects =
        new NewestObjects<>(ObservedObject::uid, ObservedObject::resourceVersion);
    private final KeysBySet sets = new KeysBySet();

    private final CompletableFuture<Void> listed = new CompletableFuture<>();
    private final SharedIndexInformer<GenericKubernetesResource> informer;

    KindWatch(ResourceKind kind) {
      this.kind = kind;
      this.informer =
          client
              .genericKubernetesResources(kind.toContext())
              .inAnyNamespace()
              .withLabel(Labels.APPLYSET_PART_OF)
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

    void awaitSync() {
      try {
        listed.get(SYNC_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new KubernetesClientException("interrupted", new InterruptedIOException());
      } catch (ExecutionException e) {
        throw e.getCause() instanceof KubernetesClientException refused
            ? refused
            : new KubernetesClientException(e.getCause().toString(), e.getCause());
      } catch (TimeoutException e) {
        throw new KubernetesClientException(
            "no list of %s within %d s".formatted(kind.plural(), SYNC_TIMEOUT.toSeconds()), e);
      }
    }

    void put(ObservedObject seen) {
      String key = key(seen.namespace(), seen.name());
      var taken = objects.put(key, seen);
      if (taken.news()) {
        sets.add(seen.applySetId(), key);
        taken.before().ifPresent(it -> leave(it.applySetId(), key));
        signal(
            Stream.concat(taken.before().stream(), Stream.of(seen))
                .map(ObservedObject::applySetId)
                .toList());
      }
    }

    Stream<ObservedObject> ofSet(String applySetId) {
      return sets.of(applySetId).stream()
          .flatMap(it -> objects.find(it).stream())
          .filter(it -> it.applySetId().equals(applySetId));
    }

    private void leave(String applySetId, String key) {
      sets.remove(
          applySetId,
          key,
          it -> objects.find(it).filter(now -> now.applySetId().equals(applySetId)).isPresent());
    }

    @Override
    public void onAdd(GenericKubernetesResource live) {
      seen(live);
    }

    @Override
    public void onUpdate(GenericKubernetesResource before, GenericKubernetesResource live) {
      seen(live);
    }

    /** An event that tells what an answer has told before is no news, and not worth reading. */
    private void seen(GenericKubernetesResource live) {
      ObjectMeta metadata = live.getMetadata();
      if (objects.isNews(keyOf(metadata), metadata.getUid(), metadata.getResourceVersion())) {
        put(reduction.observe(kind, live));
      }
    }

    Optional<ObservedObject> find(String key, String uid, String resourceVersion) {
      return objects.find(key, uid, resourceVersion);
    }

    @Override
    public void onDelete(GenericKubernetesResource deleted, boolean unknownState) {
      ObjectMeta last = deleted.getMetadata();
      Optional<ObservedObject> removed =
          objects.remove(keyOf(last), last.getUid(), last.getResourceVersion());
      removed.ifPresent(it -> leave(it.applySetId(), keyOf(last)));
      signal(removed.stream().map(ObservedObject::applySetId).toList());
    }

    @Override
    public void onList(String resourceVersion, boolean remainedEmpty) {
      listed.complete(null);
    }

    void close() {
      informer.close();
    }
  }
}
