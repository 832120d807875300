package dev.plinth.helm.controller;

import static java.net.HttpURLConnection.HTTP_FORBIDDEN;

import dev.plinth.addon.ReconcilerRegistration;
import dev.plinth.helm.model.HelmApi;
import dev.plinth.helm.model.HelmChart;
import dev.plinth.helm.model.HelmChartConfig;
import dev.plinth.helm.release.UnreadableReleaseException;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.KubernetesClientException;
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
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Makes of each HelmChart a release. One operation for a chart at a time; what changes meanwhile is
 * looked at when it has ended.
 *
 * <p>The order of steps is what makes an end between any two of them harmless: the finalizer is
 * there before the release, and goes after it; the status says that an operation begins before it
 * does.
 */
@ControllerConfiguration(
    name = "helm-charts",
    generationAwareEventProcessing = false,
    triggerReconcilerOnAllEvents = true)
final class HelmChartReconciler implements Reconciler<HelmChart> {

  /** In whose name everything here is written; what the SPI calls {@code plinth-<add-on>}. */
  static final String MANAGER = "plinth-helm-controller";

  private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
  private static final Duration LAST_RETRY = Duration.ofMinutes(1);

  private final ControllerParts parts;

  HelmChartReconciler(ControllerParts parts) {
    this.parts = parts;
  }

  static ReconcilerRegistration<HelmChart> registration(ControllerParts parts) {
    return new ReconcilerRegistration<>(
        new HelmChartReconciler(parts), HelmChartReconciler::configure, parts);
  }

  private static void configure(ControllerConfigurationOverrider<HelmChart> configuration) {
    configuration
        .withFieldManager(MANAGER)
        .withRetry(
            new GenericRetry()
                .setInitialInterval(FIRST_RETRY)
                .setMaxInterval(LAST_RETRY.toMillis())
                .withoutMaxAttempts());
  }

  @Override
  public List<EventSource<?, HelmChart>> prepareEventSources(
      EventSourceContext<HelmChart> context) {
    ReleaseRecords records = new ReleaseRecords(context);
    parts.start(records);
    return List.of(records.source(), configs(context), parts.changes());
  }

  /** A config concerns the chart of its namespace and name. */
  private static EventSource<?, HelmChart> configs(EventSourceContext<HelmChart> context) {
    return new InformerEventSource<>(
        InformerEventSourceConfiguration.from(HelmChartConfig.class, HelmChart.class)
            .withWatchAllNamespaces()
            .withSecondaryToPrimaryMapper(config -> Set.of(ResourceID.fromResource(config)))
            .build(),
        context);
  }

  @Override
  public UpdateControl<HelmChart> reconcile(HelmChart chart, Context<HelmChart> context)
      throws InterruptedException {
    if (parts.isClosing()) {
      return UpdateControl.noUpdate();
    }
    if (context.isPrimaryResourceDeleted()) {
      parts.forget(chart);
      return UpdateControl.noUpdate();
    }
    try {
      Optional<Duration> when = look(chart, context);
      return again(isOvertaken(chart, context) ? Optional.of(Duration.ZERO) : when);
    } catch (IllegalStateException e) {
      if (parts.isClosing()) {
        return UpdateControl.noUpdate(); // what it needs is closed; the next start goes on
      }
      throw e;
    }
  }

  /**
   * Whether the chart was changed while it was worked on. If we have written to it afterwards, the
   * framework takes the change for a part of our own write, and tells nobody.
   */
  private static boolean isOvertaken(HelmChart chart, Context<HelmChart> context) {
    ObjectMeta looked = chart.getMetadata();
    return context
        .getPrimaryCache()
        .get(ResourceID.fromResource(chart))
        .map(HelmChart::getMetadata)
        .filter(
            it ->
                !Objects.equals(it.getGeneration(), looked.getGeneration())
                    || !Objects.equals(it.getDeletionTimestamp(), looked.getDeletionTimestamp())
                    || !Objects.equals(it.getAnnotations(), looked.getAnnotations()))
        .isPresent();
  }

  private Optional<Duration> look(HelmChart chart, Context<HelmChart> context)
      throws InterruptedException {
    ChartScope scope = ChartScope.of(chart);
    if (scope instanceof ChartScope.Ours ours) {
      parts.serve(chart);
      return chart.isMarkedForDeletion() ? delete(chart, context) : serve(chart, ours, context);
    }
    leave(chart, scope, context);
    return Optional.empty();
  }

  private void leave(HelmChart chart, ChartScope scope, Context<HelmChart> context) {
    parts.forget(chart);
    if (scope instanceof ChartScope.Nobodys nobodys) {
      if (chart.isMarkedForDeletion()) {
        parts.deletion().letGo(chart, nobodys.message(), context);
      } else {
        parts
            .status()
            .write(
                chart,
                ChartVerdicts.leftAlone(ChartReport.of(chart), nobodys.reason(), nobodys.message()),
                context);
        tellConfig(nobodys.reason(), nobodys.message(), context);
      }
    } else if (scope instanceof ChartScope.OfAnother another && !chart.isMarkedForDeletion()) {
      parts
          .status()
          .write(
              chart,
              ChartVerdicts.leftAlone(ChartReport.of(chart), "ManagedByOther", another.message()),
              context);
      tellConfig("ManagedByOther", another.message(), context);
    }
  }

  private void tellConfig(String reason, String message, Context<HelmChart> context) {
    context
        .getSecondaryResource(HelmChartConfig.class)
        .ifPresent(it -> parts.configs().write(it, new ConfigOutcome.NotYet(reason, message)));
  }

  private Optional<Duration> delete(HelmChart chart, Context<HelmChart> context)
      throws InterruptedException {
    if (!chart.hasFinalizer(HelmApi.FINALIZER)) {
      return Optional.empty();
    }
    Optional<HelmChart> holder = parts.records().holder(chart);
    if (holder.isPresent()) {
      parts.deletion().letGo(chart, holds(holder.get()), context);
      return Optional.empty();
    }
    try {
      return parts.deletion().advance(chart, context);
    } catch (KubernetesClientException | UnreadableReleaseException e) {
      return unseen(new ChartReporter(parts, chart, Optional.empty(), context), e);
    }
  }

  private Optional<Duration> serve(
      HelmChart found, ChartScope.Ours scope, Context<HelmChart> context)
      throws InterruptedException {
    HelmChart chart = scope.claimed() ? found : ChartClaims.claim(found, context);
    Optional<HelmChartConfig> config = context.getSecondaryResource(HelmChartConfig.class);
    ChartReporter reporter = new ChartReporter(parts, chart, config, context);
    Optional<HelmChart> holder = parts.records().holder(chart);
    if (holder.isPresent()) {
      return reporter.refuse("ReleaseOfAnotherChart", holds(holder.get()));
    }
    try {
      return new ChartRound(parts, reporter).run(config);
    } catch (KubernetesClientException | UnreadableReleaseException e) {
      return unseen(reporter, e);
    }
  }

  private static String holds(HelmChart holder) {
    return "release %s/%s is that of %s, which was there first"
        .formatted(holder.releaseNamespace(), holder.getMetadata().getName(), holder.reference());
  }

  /** The release can't be seen; that is never taken for that there is none. */
  private static Optional<Duration> unseen(ChartReporter reporter, RuntimeException e) {
    if (e instanceof KubernetesClientException refused) {
      if (refused.getCode() != HTTP_FORBIDDEN) {
        throw e; // tried again by the framework
      }
      return reporter.fail("Forbidden", ApiMessages.of(refused));
    }
    return reporter.fail("UnreadableRelease", e.getMessage());
  }

  private static UpdateControl<HelmChart> again(Optional<Duration> when) {
    UpdateControl<HelmChart> control = UpdateControl.noUpdate();
    // Rounded up, or it would be looked a moment before it is time.
    when.ifPresent(it -> control.rescheduleAfter(it.plusMillis(1)));
    return control;
  }
}
