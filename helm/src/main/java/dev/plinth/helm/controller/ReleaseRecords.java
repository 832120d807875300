package dev.plinth.helm.controller;

import dev.plinth.helm.model.HelmChart;
import dev.plinth.helm.release.ReleaseName;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.informers.cache.BasicItemStore;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import io.javaoperatorsdk.operator.api.config.informer.FieldSelector;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The stored releases of the cluster, as far as their labels tell: enough to see that nothing has
 * happened, with one watch and without what is in them. And which charts are after which release.
 */
final class ReleaseRecords {

  private static final String TYPE = "helm.sh/release.v1";
  private static final String SELECTOR = "owner=helm,status notin (superseded)";
  private static final String BY_RELEASE = "release";

  private final InformerEventSource<Secret, HelmChart> secrets;
  private final IndexerResourceCache<HelmChart> charts;

  /**
   * A stored revision.
   *
   * @param version of the object that holds it
   */
  record Stored(int revision, String version) {}

  ReleaseRecords(EventSourceContext<HelmChart> context) {
    charts = context.getPrimaryCache();
    charts.addIndexers(Map.of(BY_RELEASE, chart -> List.of(keyOf(chart))));
    secrets =
        new InformerEventSource<>(
            InformerEventSourceConfiguration.from(Secret.class, HelmChart.class)
                .withName("releases")
                .withWatchAllNamespaces()
                .withLabelSelector(SELECTOR)
                .withFieldSelector(new FieldSelector(new FieldSelector.Field("type", TYPE, false)))
                .withItemStore(new LabelsOnly())
                .withSecondaryToPrimaryMapper(this::chartsOf)
                // Without it, JOSDK would note each release at each chart.
                .withPrimaryToSecondaryMapper(chart -> Set.of())
                .build(),
            context);
    secrets.addIndexers(Map.of(BY_RELEASE, secret -> List.of(keyOf(secret.getMetadata()))));
  }

  /** The source, for JOSDK to start. */
  EventSource<?, HelmChart> source() {
    return secrets;
  }

  /** The HelmChart of that name, as far as is known. */
  Optional<HelmChart> chart(ResourceID id) {
    return charts.get(id);
  }

  /** The last revision that is known of; there may be a newer one by now. */
  Optional<Stored> latest(ReleaseName release) {
    return secrets.byIndex(BY_RELEASE, release.toString()).stream()
        .map(Secret::getMetadata)
        .map(it -> new Stored(revision(it), it.getResourceVersion()))
        .max(Comparator.comparingInt(Stored::revision));
  }

  /**
   * The chart that has the release, if another one is after it too: the one that has worked on it,
   * else the one that was there first.
   */
  Optional<HelmChart> holder(HelmChart chart) {
    return charts.byIndex(BY_RELEASE, keyOf(chart)).stream()
        .filter(it -> ChartScope.of(it) instanceof ChartScope.Ours)
        .min(
            Comparator.comparing((HelmChart it) -> Recorded.of(it).hash().isEmpty())
                .thenComparing(it -> it.getMetadata().getCreationTimestamp())
                .thenComparing(it -> it.getMetadata().getUid()))
        .filter(it -> !it.getMetadata().getUid().equals(chart.getMetadata().getUid()));
  }

  /** All charts that are after the release of one. */
  Set<ResourceID> rivals(HelmChart chart) {
    Set<ResourceID> rivals = ids(keyOf(chart));
    rivals.remove(ResourceID.fromResource(chart));
    return rivals;
  }

  private Set<ResourceID> chartsOf(Secret secret) {
    return ids(keyOf(secret.getMetadata()));
  }

  private Set<ResourceID> ids(String release) {
    Set<ResourceID> ids = new HashSet<>();
    charts.byIndex(BY_RELEASE, release).forEach(it -> ids.add(ResourceID.fromResource(it)));
    return ids;
  }

  private static String keyOf(HelmChart chart) {
    return chart.releaseNamespace() + "/" + chart.getMetadata().getName();
  }

  private static String keyOf(ObjectMeta metadata) {
    return metadata.getNamespace() + "/" + metadata.getLabels().getOrDefault("name", "");
  }

  private static int revision(ObjectMeta metadata) {
    try {
      return Integer.parseInt(metadata.getLabels().getOrDefault("version", ""));
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  /** Keeps names, versions and labels. */
  private static final class LabelsOnly extends BasicItemStore<Secret> {
    LabelsOnly() {
      super(Cache::metaNamespaceKeyFunc);
    }

    @Override
    public Secret put(String key, Secret secret) {
      ObjectMeta metadata = secret.getMetadata();
      return super.put(
          key,
          new SecretBuilder()
              .withMetadata(
                  new ObjectMetaBuilder()
                      .withNamespace(metadata.getNamespace())
                      .withName(metadata.getName())
                      .withUid(metadata.getUid())
                      .withResourceVersion(metadata.getResourceVersion())
                      .withLabels(metadata.getLabels())
                      .build())
              .build());
    }
  }
}
