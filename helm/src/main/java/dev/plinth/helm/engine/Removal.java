package dev.plinth.helm.engine;

import dev.plinth.helm.engine.ManifestObjects.ManifestObject;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Sees the objects of a release go: Helm deletes them and does not look. */
final class Removal {
  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(20);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

  private final KubernetesClient client;
  private final InstantSource clock;
  private final Map<String, ManifestObject> left = new LinkedHashMap<>();

  private Removal(KubernetesClient client, InstantSource clock) {
    this.client = client;
    this.clock = clock;
  }

  /** Takes down which of the objects exist, by their UIDs, before they are deleted. */
  static Removal of(List<ManifestObject> objects, KubernetesClient client, InstantSource clock) {
    Removal removal = new Removal(client, clock);
    objects.stream()
        .filter(object -> !object.hook() && !object.kept())
        .forEach(
            object ->
                LiveObjects.find(client, object.reference())
                    .ifPresent(live -> removal.left.put(live.getMetadata().getUid(), object)));
    return removal;
  }

  /**
   * Waits for all to be gone.
   *
   * @return what is left when the time is over, with what holds it; empty if nothing is
   */
  Optional<String> await(Duration limit) throws InterruptedException {
    Instant end = clock.instant().plus(limit);
    Duration pause = SHORTEST_PAUSE;
    while (true) {
      Map<String, String> stay = look();
      if (stay.isEmpty()) {
        return Optional.empty();
      }
      if (!clock.instant().isBefore(end)) {
        return Optional.of(String.join(", ", stay.values()));
      }
      Thread.sleep(pause.toMillis());
      pause =
          pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0
              ? pause.multipliedBy(2)
              : LONGEST_PAUSE;
    }
  }

  private Map<String, String> look() {
    Map<String, String> stay = new LinkedHashMap<>();
    left.entrySet()
        .removeIf(
            entry -> {
              Optional<GenericKubernetesResource> live =
                  LiveObjects.find(client, entry.getValue().reference())
                      .filter(found -> found.getMetadata().getUid().equals(entry.getKey()));
              live.ifPresent(found -> stay.put(entry.getKey(), describe(entry.getValue(), found)));
              return live.isEmpty();
            });
    return stay;
  }

  private static String describe(ManifestObject object, GenericKubernetesResource live) {
    List<String> finalizers = live.getMetadata().getFinalizers();
    return finalizers == null || finalizers.isEmpty()
        ? object.toString()
        : object + " (finalizers " + String.join(", ", finalizers) + ")";
  }
}
