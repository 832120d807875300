package dev.plinth.helm.controller;

import dev.plinth.helm.engine.ReleaseTarget;
import dev.plinth.helm.model.HelmChart;
import dev.plinth.helm.release.ReleaseName;
import dev.plinth.helm.release.ReleaseStorage;
import dev.plinth.helm.release.StorageDriver;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.InstantSource;
import java.util.Optional;

/**
 * The records of releases, seen with the rights that a chart has: whoever may write HelmCharts must
 * not learn of, or touch, what his chart's service account may not.
 */
record ReleaseRights(KubernetesClient client, InstantSource clock) {

  ReleaseStorage storage(ReleaseTarget target) {
    KubernetesClient as =
        target.serviceAccount().map(it -> it.impersonatedBy(client)).orElse(client);
    return new ReleaseStorage(as, target.storage(), clock);
  }

  /** The release that a chart is after; empty if it can have none, by its name or fields. */
  static Optional<ReleaseTarget> target(HelmChart chart, ChartChoices choices) {
    Optional<StorageDriver> storage = ChartFieldChecks.storage(chart);
    try {
      ReleaseName name = new ReleaseName(chart.releaseNamespace(), chart.getMetadata().getName());
      return storage.map(it -> new ReleaseTarget(name, it, choices.account()));
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // what is wrong is told by the checks of the fields
    }
  }
}
