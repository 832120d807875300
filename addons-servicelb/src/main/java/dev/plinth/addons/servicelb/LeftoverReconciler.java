package dev.plinth.addons.servicelb;

import dev.plinth.addon.ReconcilerRegistration;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.config.ControllerConfigurationOverrider;
import io.javaoperatorsdk.operator.api.config.informer.FieldSelector;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import io.javaoperatorsdk.operator.processing.retry.GenericRetry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds DaemonSets whose Service is gone or of another type, e.g. since an earlier run ended before
 * it noticed. As long as a Service is of type LoadBalancer, its DaemonSets are {@link
 * ServiceReconciler}'s.
 *
 * <p>It also runs when a DaemonSet is gone, since the finalizer of its Service goes after it.
 */
@ControllerConfiguration(
    name = "servicelb-leftovers",
    generationAwareEventProcessing = false,
    triggerReconcilerOnAllEvents = true)
final class LeftoverReconciler implements Reconciler<DaemonSet> {

  private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
  private static final Duration LAST_RETRY = Duration.ofMinutes(1);

  private final Withdrawal withdrawal;
  private final boolean byType;

  private LeftoverReconciler(Withdrawal withdrawal, boolean byType) {
    this.withdrawal = withdrawal;
    this.byType = byType;
  }

  /**
   * @param byType whether the API server can select Services by type
   */
  static ReconcilerRegistration<DaemonSet> registration(Withdrawal withdrawal, boolean byType) {
    return new ReconcilerRegistration<>(
        new LeftoverReconciler(withdrawal, byType), LeftoverReconciler::configure);
  }

  private static void configure(ControllerConfigurationOverrider<DaemonSet> configuration) {
    configuration
        .withFieldManager(Ownership.MANAGER)
        .withLabelSelector(Names.NODES_OPTED_IN)
        .withItemStore(new TrimmedStore<>(Trimmed::reference))
        .withOnUpdateFilter(TrimmedStore.changes(Trimmed::reference))
        .withRetry(
            new GenericRetry()
                .setInitialInterval(FIRST_RETRY)
                .setMaxInterval(LAST_RETRY.toMillis())
                .withoutMaxAttempts());
  }

  @Override
  public List<EventSource<?, DaemonSet>> prepareEventSources(
      EventSourceContext<DaemonSet> context) {
    InformerEventSourceConfiguration.Builder<Service> services =
        InformerEventSourceConfiguration.from(Service.class, DaemonSet.class)
            .withName("services")
            .withWatchAllNamespaces()
            .withItemStore(new TrimmedStore<>(Trimmed::reference))
            .withPrimaryToSecondaryMapper(ServiceRef::idsNamedBy)
            // That a Service is left is known by the other reconciler.
            .withSecondaryToPrimaryMapper(service -> Set.of());
    if (byType) {
      services.withFieldSelector(
          new FieldSelector(new FieldSelector.Field("spec.type", Names.LOAD_BALANCER, false)));
    }
    return List.of(new InformerEventSource<>(services.build(), context));
  }

  @Override
  public UpdateControl<DaemonSet> reconcile(DaemonSet daemonSet, Context<DaemonSet> context) {
    Optional<ServiceRef> service = ServiceRef.named(daemonSet);
    boolean isServed =
        context.getSecondaryResource(Service.class).filter(Selected::isLoadBalancer).isPresent();
    if (service.isPresent()
        && daemonSet.getMetadata().getName().startsWith(Names.DAEMON_SET_PREFIX)
        && !isServed) {
      withdrawal.inTurn(service.get(), () -> withdraw(service.get(), daemonSet, context));
    }
    return UpdateControl.noUpdate();
  }

  private void withdraw(ServiceRef service, DaemonSet daemonSet, Context<DaemonSet> context) {
    KubernetesClient client = context.getClient();
    List<DaemonSet> left = context.isPrimaryResourceDeleted() ? List.of() : List.of(daemonSet);
    Service live =
        client.services().inNamespace(service.namespace()).withName(service.name()).get();
    if (live == null) {
      DaemonSetDeletion deletion = new DaemonSetDeletion(client);
      left.forEach(deletion::delete);
    } else if (!Selected.isLoadBalancer(live)) {
      withdrawal.from(live, left, ServiceWriter.direct(client));
    }
  }
}
