package dev.plinth.diagnosis;

import dev.plinth.cluster.ObservedObject;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * Finds out why objects are not healthy. Keeps an eye on each of them, and only on them, until it
 * is healthy or gone. Thread-safe.
 */
public final class Diagnosis implements AutoCloseable {

  private final KubernetesClient client;
  private final Executor executor;
  private final Consumer<String> changed;
  private final Map<String, Map<String, Examination>> byApplySet = new HashMap<>();

  /**
   * @param client the host's client; stays open
   * @param executor for requests whose answer may take a while
   * @param changed is told the ApplySet of an object for which the causes may have changed
   */
  public Diagnosis(KubernetesClient client, Executor executor, Consumer<String> changed) {
    this.client = client;
    this.executor = executor;
    this.changed = changed;
  }

  /**
   * What is known of why these objects are not healthy. The first call for an object begins to
   * look, and {@code changed} tells when something is found.
   *
   * @param applySetId the set they belong to
   * @param unhealthy all objects of that set that are not healthy; none ends the looking
   */
  public List<Cause> examine(String applySetId, List<ObservedObject> unhealthy) {
    return current(applySetId, unhealthy).stream()
        .flatMap(it -> it.causes().stream())
        .distinct()
        .toList();
  }

  /**
   * Looks anew at what it looks at, as a watch does not always notice that it has gone together
   * with the server. What cannot be looked at anew is looked at as before.
   */
  public void renew() throws InterruptedException {
    Map<String, Map<String, Examination>> all = new HashMap<>();
    synchronized (this) {
      byApplySet.forEach((id, examinations) -> all.put(id, Map.copyOf(examinations)));
    }
    for (String applySetId : all.keySet()) {
      for (Map.Entry<String, Examination> it : all.get(applySetId).entrySet()) {
        renew(applySetId, it.getKey(), it.getValue());
      }
    }
  }

  private void renew(String applySetId, String uid, Examination old) throws InterruptedException {
    Examination fresh = old.anew();
    boolean renewed = false;
    try {
      if (fresh.hasBegun()) {
        synchronized (this) {
          renewed = byApplySet.getOrDefault(applySetId, Map.of()).containsKey(uid);
          if (renewed) {
            byApplySet.get(applySetId).put(uid, fresh);
          }
        }
      }
    } finally {
      (renewed ? old : fresh).close();
    }
    if (renewed) {
      changed.accept(applySetId);
    }
  }

  @Override
  public synchronized void close() {
    byApplySet.values().forEach(it -> it.values().forEach(Examination::close));
    byApplySet.clear();
  }

  private synchronized List<Examination> current(
      String applySetId, List<ObservedObject> unhealthy) {
    Map<String, Examination> examinations =
        byApplySet.computeIfAbsent(applySetId, it -> new HashMap<>());
    Set<String> uids = new HashSet<>();
    for (ObservedObject object : unhealthy) {
      if (!object.namespace().isEmpty()) {
        uids.add(object.uid());
        examinations.computeIfAbsent(
            object.uid(),
            it -> new Examination(client, object, executor, () -> changed.accept(applySetId)));
      }
    }
    examinations
        .entrySet()
        .removeIf(
            it -> {
              boolean over = !uids.contains(it.getKey());
              if (over) {
                it.getValue().close();
              }
              return over;
            });
    return List.copyOf(examinations.values());
  }
}
