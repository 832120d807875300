package dev.plinth.helm.controller;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.plinth.cluster.ResourceKind;
import dev.plinth.health.HealthRules;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * The watches of all kinds that releases hold, however many releases that are: one for a kind, in
 * all namespaces. Where that is forbidden, one for each namespace in use instead, so that rights in
 * those are enough. What is refused is tried again, ever more seldom, and is in nobody's way.
 */
final class KindWatches implements AutoCloseable {

  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);
  private static final int MOST_DOUBLINGS = 10;

  private final KubernetesClient client;
  private final HealthRules rules;
  private final ScheduledExecutorService timer;
  private final Consumer<ObjectKey> changed;
  private final Consumer<Scope> settled;
  private final Duration firstPause;
  private final Map<Scope, Entry> entries = new HashMap<>();
  private final Set<ResourceKind> confined = new HashSet<>();
  private Set<Scope> wanted = Set.of();
  private boolean closed;

  /**
   * Where objects are.
   *
   * @param namespace empty for a cluster-scoped kind, or all namespaces
   */
  record Scope(ResourceKind kind, String namespace) {

    static Scope of(ObjectKey key) {
      return new Scope(key.kind(), key.namespace());
    }

    Scope everywhere() {
      return new Scope(kind, "");
    }
  }

  private static final class Entry {
    private final KindWatch watch;
    private final int failures;
    private final CompletableFuture<Void> settled = new CompletableFuture<>();
    private volatile Optional<String> refusal = Optional.empty();
    private boolean awaited;

    Entry(KindWatch watch, int failures) {
      this.watch = watch;
      this.failures = failures;
    }
  }

  /**
   * @param timer for the attempts after the first
   * @param firstPause before the second attempt
   * @param changed is told which object has changed in a way that matters
   * @param settled is told what is refused from now on, or known from now on though nobody waits
   *     for it
   */
  KindWatches(
      KubernetesClient client,
      HealthRules rules,
      ScheduledExecutorService timer,
      Duration firstPause,
      Consumer<ObjectKey> changed,
      Consumer<Scope> settled) {
    this.client = client;
    this.rules = rules;
    this.timer = timer;
    this.firstPause = firstPause;
    this.changed = changed;
    this.settled = settled;
  }

  /** Watches these from now on, and nothing else. */
  void retain(Set<Scope> scopes) {
    synchronized (entries) {
      wanted = Set.copyOf(scopes);
      adjust();
    }
  }

  /** Waits until it is known of all of these what there is, or that it can't be known. */
  void await(Set<Scope> scopes, Duration limit) throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    for (Scope scope : scopes) {
      Optional<Entry> waited = Optional.empty();
      // Where all namespaces are refused another watch takes over.
      for (Optional<Entry> entry = entry(scope);
          entry.isPresent() && !entry.equals(waited) && entry.get().failures == 0;
          entry = entry(scope)) {
        waited = entry;
        try {
          entry.get().settled.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
          tellWhenKnown(scopes);
          return;
        } catch (ExecutionException e) {
          throw new IllegalStateException(e);
        }
      }
    }
  }

  /** Has it told when it is known of these what there is, which nobody waits for. */
  void tellWhenKnown(Set<Scope> scopes) {
    synchronized (entries) {
      scopes.forEach(it -> entry(it).ifPresent(entry -> entry.awaited = true));
    }
  }

  /** Whether it is known what there is. */
  boolean isKnown(Scope scope) {
    return entry(scope).filter(it -> it.watch.isListed()).isPresent();
  }

  /** Why it can't be known what there is; empty if it can, or that isn't known yet. */
  Optional<String> refusal(Scope scope) {
    return entry(scope).filter(it -> !it.watch.isListed()).flatMap(it -> it.refusal);
  }

  Optional<SeenObject> find(ObjectKey key) {
    return entry(Scope.of(key)).flatMap(it -> it.watch.find(key));
  }

  /** Takes an answer of the server in, unless nobody asks for such objects any more. */
  void put(ResourceKind kind, ObjectNode live) {
    SeenObject seen = SeenObject.of(kind, Json.resource(live), rules);
    entry(Scope.of(seen.key())).ifPresent(it -> it.watch.put(seen));
  }

  @Override
  public void close() {
    synchronized (entries) {
      closed = true;
      wanted = Set.of();
      adjust();
    }
  }

  private Optional<Entry> entry(Scope scope) {
    synchronized (entries) {
      return Optional.ofNullable(entries.get(actual(scope)));
    }
  }

  private Scope actual(Scope scope) {
    return confined.contains(scope.kind()) ? scope : scope.everywhere();
  }

  private void adjust() {
    Set<Scope> actual = new HashSet<>();
    wanted.forEach(it -> actual.add(actual(it)));
    List<Scope> over = new ArrayList<>(entries.keySet());
    over.removeAll(actual);
    over.forEach(it -> entries.remove(it).watch.close());
    if (!closed) {
      actual.forEach(it -> entries.computeIfAbsent(it, scope -> begin(scope, 0)));
    }
  }

  private Entry begin(Scope scope, int failures) {
    Entry entry =
        new Entry(new KindWatch(client, scope.kind(), scope.namespace(), rules, changed), failures);
    // On another thread: one that has already ended would end here, inside of the lock.
    entry.watch.listed().whenCompleteAsync((done, error) -> ended(scope, entry, error), timer);
    return entry;
  }

  private void ended(Scope scope, Entry entry, Throwable error) {
    boolean news = false;
    synchronized (entries) {
      if (entries.get(scope) == entry) {
        if (error != null && isForbiddenEverywhere(scope, error)) {
          confined.add(scope.kind());
          adjust();
          entries.forEach(
              (other, its) -> its.awaited |= entry.awaited && other.kind().equals(scope.kind()));
        } else {
          news = error != null || entry.failures > 0 || entry.awaited;
          if (error != null) {
            entry.refusal = Optional.of(Refusals.of(error));
            timer.schedule(
                () -> again(scope, entry),
                pauseAfter(entry.failures).toMillis(),
                TimeUnit.MILLISECONDS);
          }
        }
      }
    }
    entry.settled.complete(null);
    if (news) {
      settled.accept(scope);
    }
  }

  private Duration pauseAfter(int failures) {
    Duration pause = firstPause.multipliedBy(1L << Math.min(failures, MOST_DOUBLINGS));
    return pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
  }

  private void again(Scope scope, Entry old) {
    synchronized (entries) {
      if (entries.get(scope) == old && !closed) {
        old.watch.close();
        Entry fresh = begin(scope, old.failures + 1);
        fresh.refusal = old.refusal;
        entries.put(scope, fresh);
      }
    }
  }

  private static boolean isForbiddenEverywhere(Scope scope, Throwable error) {
    return scope.kind().namespaced()
        && scope.namespace().isEmpty()
        && Refusals.refusal(error)
            .filter(it -> it.getCode() == HttpURLConnection.HTTP_FORBIDDEN)
            .isPresent();
  }
}
