package dev.plinth.helm.controller;

import dev.plinth.addon.ReconcilerRegistration;
import dev.plinth.helm.model.HelmChart;
import dev.plinth.helm.model.HelmChartConfig;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.informers.cache.BasicItemStore;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import io.javaoperatorsdk.operator.api.config.ControllerConfigurationOverrider;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import io.javaoperatorsdk.operator.processing.retry.GenericRetry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * Tells HelmChartConfigs that they have no HelmChart. What becomes of one that has a chart is told
 * by the chart's reconciler, through the same {@link ConfigStatusWriter}.
 */
@ControllerConfiguration(name = "helm-chart-configs")
final class HelmChartConfigReconciler implements Reconciler<HelmChartConfig> {

  private static final String BY_NAME = "name";
  private static final Duration FIRST_RETRY = Duration.ofMillis(200);
  private static final Duration LAST_RETRY = Duration.ofMinutes(1);

  private final ConfigStatusWriter writer;
  private InformerEventSource<HelmChart, HelmChartConfig> charts;

  private HelmChartConfigReconciler(ConfigStatusWriter writer) {
    this.writer = writer;
  }

  static ReconcilerRegistration<HelmChartConfig> registration(ConfigStatusWriter writer) {
    return new ReconcilerRegistration<>(
        new HelmChartConfigReconciler(writer), HelmChartConfigReconciler::configure);
  }

  private static void configure(ControllerConfigurationOverrider<HelmChartConfig> configuration) {
    configuration
        .withFieldManager(ConfigStatusWriter.MANAGER)
        .withItemStore(new TrimmedStore<>(HelmChartConfigReconciler::withoutSpec))
        .withRetry(
            new GenericRetry()
                .setInitialInterval(FIRST_RETRY)
                .setMaxInterval(LAST_RETRY.toMillis())
                .withoutMaxAttempts());
  }

  @Override
  public List<EventSource<?, HelmChartConfig>> prepareEventSources(
      EventSourceContext<HelmChartConfig> context) {
    context
        .getPrimaryCache()
        .addIndexer(BY_NAME, config -> List.of(config.getMetadata().getName()));
    charts =
        new InformerEventSource<>(
            InformerEventSourceConfiguration.from(HelmChart.class, HelmChartConfig.class)
                .withName("charts-of-configs")
                .withWatchAllNamespaces()
                .withItemStore(new TrimmedStore<>(HelmChartConfigReconciler::nameOnly))
                .withOnUpdateFilter((now, before) -> false)
                .withSecondaryToPrimaryMapper(
                    chart ->
                        context
                            .getPrimaryCache()
                            .byIndex(BY_NAME, chart.getMetadata().getName())
                            .stream()
                            .map(ResourceID::fromResource)
                            .collect(Collectors.toUnmodifiableSet()))
                .withPrimaryToSecondaryMapper(config -> Set.of())
                .build(),
            context);
    charts.addIndexers(Map.of(BY_NAME, chart -> List.of(chart.getMetadata().getName())));
    return List.of(charts);
  }

  @Override
  public UpdateControl<HelmChartConfig> reconcile(
      HelmChartConfig config, Context<HelmChartConfig> context) {
    List<String> namespaces =
        charts.byIndex(BY_NAME, config.getMetadata().getName()).stream()
            .map(it -> it.getMetadata().getNamespace())
            .sorted()
            .toList();
    boolean hasChart = namespaces.contains(config.getMetadata().getNamespace());
    if (!hasChart) {
      return write(config, new ConfigOutcome.NoChart(namespaces));
    }
    return isOrphanBefore(config)
        ? write(config, new ConfigOutcome.NotYet("Pending", "the HelmChart is there and looked at"))
        : UpdateControl.noUpdate();
  }

  private UpdateControl<HelmChartConfig> write(HelmChartConfig config, ConfigOutcome outcome) {
    return writer.writeTo(config, outcome)
        ? UpdateControl.noUpdate()
        : UpdateControl.<HelmChartConfig>noUpdate().rescheduleAfter(FIRST_RETRY);
  }

  private static boolean isOrphanBefore(HelmChartConfig config) {
    return ConfigStatus.applied(config)
        .filter(it -> it.getReason().equals(ConfigStatus.NO_CHART))
        .isPresent();
  }

  /** The values are none of its business. */
  private static HelmChartConfig withoutSpec(HelmChartConfig config) {
    HelmChartConfig trimmed = new HelmChartConfig();
    trimmed.setMetadata(withoutFields(config));
    trimmed.setSpec(null);
    trimmed.setStatus(config.getStatus());
    return trimmed;
  }

  /** A chart can hold an archive. */
  private static HelmChart nameOnly(HelmChart chart) {
    HelmChart trimmed = new HelmChart();
    trimmed.setMetadata(withoutFields(chart));
    trimmed.setSpec(null);
    return trimmed;
  }

  private static ObjectMeta withoutFields(HasMetadata object) {
    return new ObjectMetaBuilder(object.getMetadata())
        .withManagedFields(List.of())
        .withAnnotations(Map.of())
        .build();
  }

  /** Keeps of each object the trimmed form only. */
  private static final class TrimmedStore<T extends HasMetadata> extends BasicItemStore<T> {
    private final UnaryOperator<T> trim;

    TrimmedStore(UnaryOperator<T> trim) {
      super(Cache::metaNamespaceKeyFunc);
      this.trim = trim;
    }

    @Override
    public T put(String key, T object) {
      return super.put(key, trim.apply(object));
    }
  }
}
