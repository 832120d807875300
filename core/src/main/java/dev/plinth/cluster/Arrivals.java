package dev.plinth.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells at once when something that an ApplySet waits for may have come. Watches only what somebody
 * waits for, and metadata only; of watches there are {@value #MOST_WATCHES} at most, so whoever
 * waits looks by himself now and then too.
 *
 * <p>Thread-safe.
 */
public final class Arrivals implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Arrivals.class);
  private static final int MOST_WATCHES = 64;
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final Duration PAUSE_AFTER_REFUSAL = Duration.ofSeconds(30);

  /** A kind is served a moment after its definition is established; nothing tells when. */
  private static final List<Duration> LOOKS =
      List.of(
          Duration.ZERO,
          Duration.ofMillis(20),
          Duration.ofMillis(50),
          Duration.ofMillis(100),
          Duration.ofMillis(200),
          Duration.ofMillis(400),
          Duration.ofMillis(800),
          Duration.ofMillis(1500),
          Duration.ofMillis(3000));

  private final ClusterApi api;
  private final Discovery discovery;
  private final Executor executor;
  private final Consumer<String> arrived;
  private final Map<String, Set<Awaited>> bySet = new HashMap<>();
  private final Map<String, Watch> watches = new HashMap<>();
  private boolean closed;

  /**
   * @param api for watching
   * @param discovery for what the server has
   * @param executor for requests
   * @param arrived is told the id of the ApplySet that has reason to look again
   */
  public Arrivals(
      ClusterApi api, Discovery discovery, Executor executor, Consumer<String> arrived) {
    this.api = api;
    this.discovery = discovery;
    this.executor = executor;
    this.arrived = arrived;
  }

  /** From now on, an ApplySet waits for this and for nothing else. */
  public synchronized void await(String applySetId, Set<Awaited> what) {
    if (closed) {
      return;
    }
    if (what.isEmpty()
        ? bySet.remove(applySetId) == null
        : what.equals(bySet.put(applySetId, what))) {
      return;
    }
    Set<String> wanted = new HashSet<>();
    bySet.values().forEach(it -> it.forEach(awaited -> wanted.addAll(awaited.watches())));
    watches
        .entrySet()
        .removeIf(
            it -> {
              boolean over = !wanted.contains(it.getKey());
              if (over) {
                it.getValue().close();
              }
              return over;
            });
    for (String path : wanted) {
      if (!watches.containsKey(path) && watches.size() < MOST_WATCHES) {
        Watch watch = new Watch(path);
        watches.put(path, watch);
        executor.execute(watch::open);
      }
    }
  }

  /** Watches all of it anew, as a watch does not always notice that its server has gone. */
  public synchronized void renew() {
    watches.replaceAll(
        (path, old) -> {
          old.close();
          Watch fresh = new Watch(path);
          executor.execute(fresh::open);
          return fresh;
        });
  }

  @Override
  public synchronized void close() {
    closed = true;
    bySet.clear();
    watches.values().forEach(Watch::close);
    watches.clear();
  }

  private void seen(String path, JsonNode event) {
    Map<Awaited, Set<String>> concerned = new HashMap<>();
    synchronized (this) {
      bySet.forEach(
          (set, all) ->
              all.stream()
                  .filter(it -> it.watches().contains(path) && it.isNews(event))
                  .forEach(it -> concerned.computeIfAbsent(it, key -> new HashSet<>()).add(set)));
    }
    concerned.forEach(
        (awaited, sets) -> {
          if (awaited instanceof Awaited.Kind kind) {
            executor.execute(() -> look(kind, 0));
          } else {
            sets.forEach(arrived);
          }
        });
  }

  private void look(Awaited.Kind kind, int times) {
    Set<String> waiting = new HashSet<>();
    synchronized (this) {
      bySet.forEach(
          (set, all) -> {
            if (all.contains(kind)) {
              waiting.add(set);
            }
          });
    }
    if (waiting.isEmpty()) {
      return;
    }
    if (isServed(kind)) {
      waiting.forEach(arrived);
    } else if (times + 1 < LOOKS.size()) {
      later(LOOKS.get(times + 1), () -> look(kind, times + 1));
    }
  }

  private boolean isServed(Awaited.Kind kind) {
    try {
      return discovery.find(kind.apiVersion(), kind.kind()).isPresent();
    } catch (KubernetesClientException e) {
      LOG.debug("Whether {} is served cannot be told", kind, e);
      return false;
    }
  }

  private void later(Duration pause, Runnable task) {
    CompletableFuture.delayedExecutor(pause.toMillis(), TimeUnit.MILLISECONDS, executor)
        .execute(task);
  }

  /** One watch, opened again whenever it ends, until it is closed. */
  private final class Watch {

    private final String path;
    private CompletableFuture<Void> open = CompletableFuture.completedFuture(null);
    private boolean over;

    Watch(String path) {
      this.path = path;
    }

    void open() {
      if (isOver()) {
        return;
      }
      try {
        keep(api.watchMetadata(path, event -> seen(path, event)));
      } catch (KubernetesClientException e) {
        LOG.debug("{} cannot be watched", path, e);
        boolean refused =
            e.getCode() >= HttpURLConnection.HTTP_BAD_REQUEST
                && e.getCode() < HttpURLConnection.HTTP_INTERNAL_ERROR;
        later(refused ? PAUSE_AFTER_REFUSAL : PAUSE, this::open);
      }
    }

    synchronized void close() {
      over = true;
      open.cancel(false);
    }

    private synchronized boolean isOver() {
      return over;
    }

    private synchronized void keep(CompletableFuture<Void> opened) {
      open = opened;
      if (over) {
        opened.cancel(false);
      } else {
        opened.whenComplete((done, error) -> later(PAUSE, this::open));
      }
    }
  }
}
