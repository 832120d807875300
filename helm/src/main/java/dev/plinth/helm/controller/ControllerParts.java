package dev.plinth.helm.controller;

import dev.plinth.addon.AddonContext;
import dev.plinth.addon.EventRecorder;
import dev.plinth.addon.ReconcilerResources;
import dev.plinth.config.DriftPolicy;
import dev.plinth.helm.engine.HelmEngines;
import dev.plinth.helm.model.HelmChart;
import dev.plinth.helm.source.ChartSources;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the reconcilers of charts work with, and what ends with them. */
final class ControllerParts implements ReconcilerResources {

  private static final Logger LOG = LoggerFactory.getLogger(ControllerParts.class);

  /** Helm is busy with the CPU for a part of the time only. */
  private static final int CHANGES_AT_ONCE = 4;

  private static final int REMOVALS_AT_ONCE = 8;

  /** For what an operation has still to do after Helm's part. */
  private static final Duration TO_FINISH = Duration.ofSeconds(5);

  private final InstantSource clock;
  private final HelmEngines engines;
  private final RunningOperations changing;
  private final RunningOperations removing;
  private final ReferencedObjects referenced;
  private final InputsReader inputs;
  private final ChartPreparation preparation;
  private final ReleaseLooks looks;
  private final ReleaseOperations operations;
  private final ChartStatusWriter status;
  private final EventRecorder events;
  private final ChartDeletion deletion;
  private final ReleaseWatch watch;
  private final ReleaseCare care;
  private final ChartDefinitions definitions;
  private final ConfigStatusWriter configs;
  private final DriftPolicy drift;
  private final SimpleInboundEventSource<HelmChart> changes =
      new SimpleInboundEventSource<>("changes");
  private final Set<ResourceID> served = ConcurrentHashMap.newKeySet();
  private volatile ReleaseRecords records;
  private volatile boolean closing;

  ControllerParts(
      AddonContext context,
      HelmEngines engines,
      ControllerSettings settings,
      ChartSources sources,
      InstantSource clock) {
    KubernetesClient client = context.client();
    this.clock = clock;
    this.drift = context.config().drift();
    this.engines = engines;
    this.changing = new RunningOperations(CHANGES_AT_ONCE, clock);
    this.removing = new RunningOperations(REMOVALS_AT_ONCE, clock);
    this.referenced = new ReferencedObjects(client, changes::propagateEvent);
    this.inputs = new InputsReader(referenced, sources::localDigest);
    this.preparation = new ChartPreparation(sources);
    this.looks = new ReleaseLooks(new ReleaseRights(client, clock), this::records);
    this.operations = new ReleaseOperations(engines, settings.engine(), changing, removing);
    this.status = new ChartStatusWriter(clock);
    this.events = new EventRecorder(client, ChartScope.CONTROLLER, clock);
    this.watch = new ReleaseWatch(client, context.health(), clock, changes::propagateEvent);
    this.care = new ReleaseCare(watch, events);
    this.definitions = new ChartDefinitions(client, context.fieldManager());
    this.configs = new ConfigStatusWriter(client, clock);
    this.deletion = new ChartDeletion(looks, operations, status, events, this::isClosing, clock);
  }

  /** Called once, before the first reconciliation. */
  void start(ReleaseRecords started) {
    records = started;
  }

  InstantSource clock() {
    return clock;
  }

  ReleaseRecords records() {
    return records;
  }

  /** Where it is told that something which a chart depends on has changed. */
  EventSource<?, HelmChart> changes() {
    return changes;
  }

  InputsReader inputs() {
    return inputs;
  }

  ChartPreparation preparation() {
    return preparation;
  }

  ReleaseLooks looks() {
    return looks;
  }

  ReleaseOperations operations() {
    return operations;
  }

  ChartStatusWriter status() {
    return status;
  }

  EventRecorder events() {
    return events;
  }

  ChartDeletion deletion() {
    return deletion;
  }

  ReleaseWatch watch() {
    return watch;
  }

  ReleaseCare care() {
    return care;
  }

  ChartDefinitions definitions() {
    return definitions;
  }

  ConfigStatusWriter configs() {
    return configs;
  }

  /** What the server does about changed objects where nothing else is said. */
  DriftPolicy drift() {
    return drift;
  }

  /** Notes that a chart is ours. */
  void serve(HelmChart chart) {
    served.add(ResourceID.fromResource(chart));
  }

  /** Forgets a chart that is gone or not ours any more; who else is after its release is told. */
  void forget(HelmChart chart) {
    ResourceID id = ResourceID.fromResource(chart);
    if (!served.remove(id)) {
      return;
    }
    referenced.forget(id);
    looks.forget(id);
    watch.forget(id);
    records.rivals(chart).forEach(changes::propagateEvent);
  }

  boolean isClosing() {
    return closing;
  }

  /** Helm in this process can't be cut off, and what it leaves when it is has to be mended. */
  @Override
  public void settle() {
    closing = true;
    Duration left =
        changing.left().compareTo(removing.left()) > 0 ? changing.left() : removing.left();
    List<String> running = engines.close(left.plus(TO_FINISH));
    running.forEach(
        it ->
            LOG.warn(
                "Helm is still at work and can not be ended: {}; the next start mends it", it));
  }

  @Override
  public void close() {
    closing = true;
    engines.close(Duration.ZERO);
    referenced.close();
    watch.close();
  }
}
