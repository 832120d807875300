package dev.plinth.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Objects of one kind and namespace by name, as the watch or the answers to own writes show them,
 * whichever is newer. Thread-safe.
 *
 * @param <T> how the watch delivers them
 */
public final class WatchedObjects<T extends HasMetadata> implements AutoCloseable {

  private final Supplier<SharedIndexInformer<T>> informers;
  private final Consumer<String> changed;
  private final NewestObjects<ObjectNode> live =
      new NewestObjects<>(it -> metadata(it, "uid"), it -> metadata(it, "resourceVersion"));
  private final ObjectMapper mapper = JsonMapper.builder().build();
  private Optional<SharedIndexInformer<T>> informer = Optional.empty();
  private boolean closed;

  /**
   * @param informers makes an informer that is not started
   * @param changed is told the name of every object that the watch shows to be added, changed or
   *     deleted
   */
  public WatchedObjects(Supplier<SharedIndexInformer<T>> informers, Consumer<String> changed) {
    this.informers = informers;
    this.changed = changed;
  }

  /** A text in an object's metadata; empty if it has none. */
  public static String metadata(JsonNode object, String field) {
    return object.path("metadata").path(field).asText();
  }

  /**
   * Starts watching. May be called again, after a failure or an outage: an informer that could not
   * start never does, and one that ran may have lost its watch, so each call has one of its own.
   *
   * @return completes when the objects that the cluster has are known
   * @throws IllegalStateException if this is closed
   */
  public synchronized CompletableFuture<Void> start() {
    if (closed) {
      throw new IllegalStateException("closed");
    }
    informer.ifPresent(SharedIndexInformer::close);
    CompletableFuture<Void> listed = new CompletableFuture<>();
    SharedIndexInformer<T> fresh =
        informers
            .get()
            .exceptionHandler((started, error) -> started)
            .addEventHandler(new Handler(listed));
    informer = Optional.of(fresh);
    fresh
        .start()
        .whenComplete(
            (done, error) -> {
              if (error != null) {
                listed.completeExceptionally(error);
              }
            });
    return listed;
  }

  /** The object of that name. */
  public Optional<ObjectNode> find(String name) {
    return live.find(name);
  }

  /** All that are known; changes with them. */
  public Collection<ObjectNode> all() {
    return live.all();
  }

  /** Takes in the answer to a request, unless something newer is known; tells nobody. */
  public void keep(ObjectNode seen) {
    live.put(metadata(seen, "name"), seen);
  }

  /** Leaves out an object that is deleted; no answer that is late brings it back. */
  public void remove(ObjectNode last) {
    live.remove(metadata(last, "name"), metadata(last, "uid"), metadata(last, "resourceVersion"));
  }

  /** Leaves out an object that has gone, though its last version is not known. */
  public void forget(String name, String uid) {
    live.forget(name, uid);
  }

  @Override
  public synchronized void close() {
    closed = true;
    informer.ifPresent(SharedIndexInformer::close);
  }

  private final class Handler implements ResourceEventHandler<T> {

    private final CompletableFuture<Void> listed;
    private final Set<String> names = ConcurrentHashMap.newKeySet();

    Handler(CompletableFuture<Void> listed) {
      this.listed = listed;
    }

    @Override
    public void onAdd(T object) {
      seen(object);
    }

    @Override
    public void onUpdate(T before, T object) {
      seen(object);
    }

    @Override
    public void onDelete(T object, boolean unknownState) {
      ObjectMeta last = object.getMetadata();
      names.remove(last.getName());
      live.remove(last.getName(), last.getUid(), last.getResourceVersion());
      changed.accept(last.getName());
    }

    @Override
    public void onList(String resourceVersion, boolean remainedEmpty) {
      forgetWhatWent(resourceVersion);
      listed.complete(null);
    }

    /** What an earlier informer knew and the list has not was deleted while nobody watched. */
    private void forgetWhatWent(String listedVersion) {
      for (ObjectNode known : List.copyOf(live.all())) {
        String name = metadata(known, "name");
        if (!names.contains(name)
            && !NewestObjects.isNewer(metadata(known, "resourceVersion"), listedVersion)) {
          live.forget(name, metadata(known, "uid"));
          changed.accept(name);
        }
      }
    }

    /** The event of our own write tells nothing that its answer has not told. */
    private void seen(T object) {
      ObjectMeta metadata = object.getMetadata();
      names.add(metadata.getName());
      if (live.isNews(metadata.getName(), metadata.getUid(), metadata.getResourceVersion())) {
        keep(mapper.valueToTree(object));
        changed.accept(metadata.getName());
      }
    }
  }
}
