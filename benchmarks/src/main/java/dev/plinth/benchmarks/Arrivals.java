package dev.plinth.benchmarks;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.Watchable;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** When objects of the namespace default are in certain states, as another client's watch tells. */
final class Arrivals implements AutoCloseable {

  private static final int PATIENCE_SECONDS = 60;

  private final Map<String, CompletableFuture<Long>> expected = new ConcurrentHashMap<>();
  private final Watch watch;

  private <T extends HasMetadata> Arrivals(
      Watchable<T> objects, Function<T, Optional<String>> state) {
    this.watch =
        objects.watch(
            new Watcher<>() {
              @Override
              public void eventReceived(Action action, T live) {
                long now = System.nanoTime();
                if (action != Action.DELETED) {
                  state.apply(live).ifPresent(it -> arrived(it, now));
                }
              }

              @Override
              public void onClose(WatcherException cause) {
                expected.values().forEach(it -> it.completeExceptionally(cause));
              }
            });
  }

  /** Of ConfigMaps, with what they have under {@code value}. */
  static Arrivals ofConfigMaps(KubernetesClient client) {
    return new Arrivals(client.configMaps().inNamespace("default"), Arrivals::stateOfConfigMap);
  }

  /** Of releases, with the number of the revision that is deployed. */
  static Arrivals ofReleases(KubernetesClient client) {
    return new Arrivals(
        client.secrets().inNamespace("default").withLabel("owner", "helm"),
        Arrivals::stateOfRelease);
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

  private static Optional<String> stateOfConfigMap(ConfigMap live) {
    return Optional.ofNullable(live.getData())
        .map(it -> live.getMetadata().getName() + "=" + it.get("value"));
  }

  private static Optional<String> stateOfRelease(Secret live) {
    Map<String, String> labels = live.getMetadata().getLabels();
    return "deployed".equals(labels.get("status"))
        ? Optional.of(labels.get("name") + "=" + labels.get("version"))
        : Optional.empty();
  }

  private void arrived(String state, long now) {
    CompletableFuture<Long> time = expected.remove(state);
    if (time != null) {
      time.complete(now);
    }
  }

  @Override
  public void close() {
    watch.close();
  }
}
