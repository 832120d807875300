package dev.plinth.helm.controller;

import com.google.common.hash.HashCode;
import dev.plinth.helm.controller.Reference.Keys;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The Secrets and ConfigMaps that charts refer to. Each is watched by its name from the first time
 * that a chart refers to it until none does any more; no others are seen.
 */
final class ReferencedObjects implements ReferenceLookup, AutoCloseable {

  /** How long a reconciliation waits for the API server's first word about an object. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final KubernetesClient client;
  private final Consumer<ResourceID> changed;
  private final Map<ReferencedObject, Followed> followed = new HashMap<>();
  private boolean closed;

  /** A watched object, and what the charts that refer to it have seen of it. */
  private static final class Followed {
    private ObjectWatch<?> watch;
    private final Map<ResourceID, Usage> usages = new HashMap<>();

    Keys keys() {
      return usages.values().stream().map(Usage::keys).reduce(Keys.of(), Keys::and);
    }
  }

  /**
   * A chart's use of an object.
   *
   * @param seen the content when the chart looked last; empty while it looks for the first time
   */
  private record Usage(Keys keys, Optional<HashCode> seen) {
    boolean isOutdatedBy(ReferencedContent content) {
      return seen.filter(it -> !it.equals(content.digest(keys))).isPresent();
    }
  }

  /**
   * @param client with the right to get, list and watch Secrets and ConfigMaps; stays open
   * @param changed gets each chart that something has changed for since it looked last; must not
   *     block
   */
  ReferencedObjects(KubernetesClient client, Consumer<ResourceID> changed) {
    this.client = client;
    this.changed = changed;
  }

  @Override
  public Map<ReferencedObject, ReferencedContent> read(
      ResourceID chart, Collection<Reference> references) {
    Map<ReferencedObject, Keys> watched = new LinkedHashMap<>();
    references.stream()
        .filter(Reference::watched)
        .forEach(it -> watched.merge(it.object(), it.keys(), Keys::and));
    Map<ReferencedObject, ObjectWatch<?>> watches = follow(chart, watched);
    Map<ReferencedObject, ReferencedContent> contents = new LinkedHashMap<>();
    long end = System.nanoTime() + PATIENCE.toNanos();
    watches.forEach(
        (object, watch) -> {
          ReferencedContent content =
              await(watch, Duration.ofNanos(Math.max(0, end - System.nanoTime())));
          contents.put(object, content);
          if (note(chart, object, content)) {
            changed.accept(chart);
          }
        });
    references.stream()
        .filter(it -> !it.watched())
        .forEach(it -> contents.merge(it.object(), get(it), ReferencedObjects::union));
    return contents;
  }

  /** Ends what was watched for a chart only. */
  void forget(ResourceID chart) {
    follow(chart, Map.of());
  }

  @Override
  public void close() {
    List<? extends ObjectWatch<?>> watches;
    synchronized (this) {
      closed = true;
      watches = followed.values().stream().map(it -> it.watch).toList();
      followed.clear();
    }
    watches.forEach(ObjectWatch::close);
  }

  /** Watches these for the chart, and nothing else. */
  private synchronized Map<ReferencedObject, ObjectWatch<?>> follow(
      ResourceID chart, Map<ReferencedObject, Keys> wanted) {
    if (closed) {
      throw new IllegalStateException("What charts refer to is not watched any more");
    }
    followed
        .entrySet()
        .removeIf(entry -> !wanted.containsKey(entry.getKey()) && leave(chart, entry.getValue()));
    Map<ReferencedObject, ObjectWatch<?>> watches = new LinkedHashMap<>();
    wanted.forEach((object, keys) -> watches.put(object, follow(chart, object, keys)));
    return watches;
  }

  private ObjectWatch<?> follow(ResourceID chart, ReferencedObject object, Keys keys) {
    Followed entry = followed.computeIfAbsent(object, it -> new Followed());
    Usage before = entry.usages.get(chart);
    if (before == null || !before.keys().equals(keys)) {
      entry.usages.put(chart, new Usage(keys, Optional.empty()));
    }
    if (entry.watch == null || !entry.watch.keys().contain(keys)) {
      if (entry.watch != null) {
        entry.watch.close();
      }
      entry.watch = ObjectWatch.start(client, object, entry.keys(), () -> changed(object));
    }
    return entry.watch;
  }

  /** Whether nobody refers to the object any more; its watch is ended then. */
  private static boolean leave(ResourceID chart, Followed entry) {
    entry.usages.remove(chart);
    if (!entry.usages.isEmpty()) {
      return false;
    }
    entry.watch.close();
    return true;
  }

  /**
   * Takes note of what a chart has seen.
   *
   * @return whether there is something else by now, which nobody was told of
   */
  private synchronized boolean note(
      ResourceID chart, ReferencedObject object, ReferencedContent content) {
    Followed entry = followed.get(object);
    Usage usage = entry == null ? null : entry.usages.get(chart);
    if (usage == null) {
      return false;
    }
    Usage noted = new Usage(usage.keys(), Optional.of(content.digest(usage.keys())));
    entry.usages.put(chart, noted);
    return noted.isOutdatedBy(entry.watch.content());
  }

  private void changed(ReferencedObject object) {
    concerned(object).forEach(changed);
  }

  /** The charts that have seen another content than there is now. */
  private synchronized List<ResourceID> concerned(ReferencedObject object) {
    Followed entry = followed.get(object);
    if (entry == null || entry.watch == null) {
      return List.of();
    }
    ReferencedContent content = entry.watch.content();
    return entry.usages.entrySet().stream()
        .filter(it -> it.getValue().isOutdatedBy(content))
        .map(Map.Entry::getKey)
        .toList();
  }

  private static ReferencedContent await(ObjectWatch<?> watch, Duration patience) {
    try {
      return watch.content(patience);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new ReferencedContent.Unreadable("interrupted");
    }
  }

  private ReferencedContent get(Reference reference) {
    ReferencedObject object = reference.object();
    try {
      return ReferencedType.of(object.kind()).get(client, object, reference.keys());
    } catch (KubernetesClientException e) {
      return new ReferencedContent.Unreadable(ObjectWatch.message(e));
    }
  }

  private static ReferencedContent union(ReferencedContent one, ReferencedContent other) {
    if (one instanceof ReferencedContent.Found some
        && other instanceof ReferencedContent.Found more) {
      Map<String, byte[]> all = new HashMap<>(more.data());
      all.putAll(some.data());
      return new ReferencedContent.Found(all);
    }
    return one;
  }
}
