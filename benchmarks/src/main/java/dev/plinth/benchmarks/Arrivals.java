package dev.plinth.benchmarks;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * When ConfigMaps of the namespace default have certain values, as another client's watch tells.
 */
final class Arrivals implements Watcher<ConfigMap>, AutoCloseable {

  private static final int PATIENCE_SECONDS = 60;

  private final Map<String, CompletableFuture<Long>> expected = new ConcurrentHashMap<>();
  private final Watch watch;

  Arrivals(KubernetesClient client) {
    this.watch = client.configMaps().inNamespace("default").watch(this);
  }

  /** One that is waited for: an event that comes from now on. */
  record Arrival(String what, CompletableFuture<Long> nanoTime) {

    /** Waits for it. */
    long await() throws Exception {
      return nanoTime.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
  }

  Arrival expect(String name, String value) {
    String what = name + "=" + value;
    CompletableFuture<Long> time = new CompletableFuture<>();
    expected.put(what, time);
    return new Arrival(what, time);
  }

  @Override
  public void eventReceived(Action action, ConfigMap live) {
    long now = System.nanoTime();
    if (action != Action.DELETED && live.getData() != null) {
      CompletableFuture<Long> time =
          expected.remove(live.getMetadata().getName() + "=" + live.getData().get("value"));
      if (time != null) {
        time.complete(now);
      }
    }
  }

  @Override
  public void onClose(WatcherException cause) {
    expected.values().forEach(it -> it.completeExceptionally(cause));
  }

  @Override
  public void close() {
    watch.close();
  }
}
