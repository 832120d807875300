package dev.plinth.addons.servicelb;

import static java.net.HttpURLConnection.HTTP_BAD_REQUEST;
import static java.net.HttpURLConnection.HTTP_CONFLICT;
import static java.net.HttpURLConnection.HTTP_NOT_FOUND;

import dev.plinth.addon.EventRecorder;
import dev.plinth.addon.ReconcilerRegistration;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.config.ControllerConfigurationOverrider;
import io.javaoperatorsdk.operator.api.config.informer.Field;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.retry.GenericRetry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Serves Services of type LoadBalancer: for each a DaemonSet, and in its status the addresses of
 * the nodes whose pods are ready.
 *
 * <p>The order of steps is what makes an end between any two of them harmless: the finalizer is
 * there before the DaemonSet, and goes after it.
 */
@ControllerConfiguration(
    name = "servicelb-services",
    generationAwareEventProcessing = false,
    triggerReconcilerOnAllEvents = true)
class ServiceReconciler implements Reconciler<Service> {

  private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
  private static final Duration LAST_RETRY = Duration.ofMinutes(1);

  /** When to try again what the API server has refused; a change of the Service is not waited. */
  private static final Duration REFUSED_RETRY = Duration.ofSeconds(30);

  private static final Duration AT_ONCE = Duration.ofMillis(1);

  private final KubernetesClient client;
  private final ServiceLbSettings settings;
  private final LaterEvents events;
  private final InstantSource clock;
  private final StatusPace pace;
  private final Withdrawal withdrawal;
  private final DaemonSetDeletion deletion;
  private final HostPortHolders holders;
  private final ContainerLogs logs;
  private ClusterView view;

  private ServiceReconciler(
      KubernetesClient client,
      ServiceLbSettings settings,
      EventRecorder events,
      Withdrawal withdrawal,
      InstantSource clock) {
    this.client = client;
    this.settings = settings;
    this.events = new LaterEvents(events);
    this.clock = clock;
    this.pace = new StatusPace(clock);
    this.withdrawal = withdrawal;
    this.deletion = new DaemonSetDeletion(client);
    this.holders = new LiveHostPortHolders(client, settings.namespace());
    this.logs = new LiveContainerLogs(client);
  }

  /** The same, told of no other Services by the API server. */
  @ControllerConfiguration(
      name = "servicelb-services",
      generationAwareEventProcessing = false,
      triggerReconcilerOnAllEvents = true,
      informer = @Informer(fieldSelector = @Field(path = "spec.type", value = Names.LOAD_BALANCER)))
  private static final class OfSelected extends ServiceReconciler {

    private OfSelected(
        KubernetesClient client,
        ServiceLbSettings settings,
        EventRecorder events,
        Withdrawal withdrawal,
        InstantSource clock) {
      super(client, settings, events, withdrawal, clock);
    }
  }

  /**
   * @param withdrawal the one of all who withdraw
   * @param byType whether the API server can select Services by type
   */
  static ReconcilerRegistration<Service> registration(
      KubernetesClient client,
      ServiceLbSettings settings,
      EventRecorder events,
      Withdrawal withdrawal,
      InstantSource clock,
      boolean byType) {
    return new ReconcilerRegistration<>(
        byType
            ? new OfSelected(client, settings, events, withdrawal, clock)
            : new ServiceReconciler(client, settings, events, withdrawal, clock),
        ServiceReconciler::configure);
  }

  private static void configure(ControllerConfigurationOverrider<Service> configuration) {
    configuration
        .withFieldManager(Ownership.MANAGER)
        .withItemStore(new TrimmedStore<>(Trimmed::service))
        .withOnUpdateFilter(TrimmedStore.changes(Trimmed::service))
        .withRetry(
            new GenericRetry()
                .setInitialInterval(FIRST_RETRY)
                .setMaxInterval(LAST_RETRY.toMillis())
                .withoutMaxAttempts());
  }

  @Override
  public List<EventSource<?, Service>> prepareEventSources(EventSourceContext<Service> context) {
    view = new ClusterView(context, settings.namespace());
    return view.sources();
  }

  @Override
  public UpdateControl<Service> reconcile(Service service, Context<Service> context) {
    UpdateControl<Service> control = UpdateControl.noUpdate();
    events.afterwards(service, () -> turn(service, context).ifPresent(control::rescheduleAfter));
    return control;
  }

  /** When the Service is to have its next turn, if not only when something happens. */
  private Optional<Duration> turn(Service service, Context<Service> context) {
    if (context.isPrimaryResourceDeleted()) {
      withdrawal.inTurn(ServiceRef.of(service), () -> leave(service));
      return Optional.empty();
    }
    if (!Selected.isServed(service)) {
      pace.forget(service.getMetadata().getUid());
      withdrawal.inTurn(ServiceRef.of(service), () -> withdraw(service, context));
      return Overtaken.is(service, context.getPrimaryCache())
          ? Optional.of(AT_ONCE)
          : Optional.empty();
    }
    Optional<Duration> next = serve(service, context);
    return events.areKept(service) || Overtaken.is(service, context.getPrimaryCache())
        ? Optional.of(AT_ONCE)
        : next;
  }

  /**
   * The DaemonSets in one turn and all else in the next, which their end leads to: of many Services
   * that go together, first of all nothing forwards any more.
   */
  private void withdraw(Service service, Context<Service> context) {
    List<DaemonSet> left = view.daemonSetsOf(service);
    if (left.isEmpty()) {
      withdrawal.from(service, left, ServiceWriter.caching(context));
    } else if (withdrawal.delete(left)) {
      events.normal(service, ServiceEvents.DELETED_DAEMON_SET, Withdrawal.deleted(left));
    }
  }

  /** A Service is gone, or is none of type LoadBalancer any more. */
  private void leave(Service lastKnown) {
    pace.forget(lastKnown.getMetadata().getUid());
    List<DaemonSet> daemonSets = view.daemonSetsOf(lastKnown);
    Service live =
        client
            .services()
            .inNamespace(lastKnown.getMetadata().getNamespace())
            .withName(lastKnown.getMetadata().getName())
            .get();
    if (live == null) {
      daemonSets.forEach(deletion::delete);
    } else if (!Selected.isLoadBalancer(live)) {
      withdrawal.from(live, daemonSets, ServiceWriter.direct(client));
    }
  }

  /** When to look at the Service again, if not only when something happens. */
  private Optional<Duration> serve(Service service, Context<Service> context) {
    ServiceWriter writer = ServiceWriter.caching(context);
    List<DaemonSet> known = view.daemonSetsOf(service);
    // They may have host ports that the right one needs.
    known.stream().filter(it -> !isOf(it, service)).forEach(deletion::delete);
    Optional<DaemonSet> daemonSet = known.stream().filter(it -> isOf(it, service)).findFirst();
    boolean optIn = view.optIn();
    try {
      DaemonSet declared = DesiredDaemonSet.of(service, settings, optIn);
      claim(service, writer);
      if (daemonSet.filter(it -> DaemonSetWriter.isUpToDate(it, declared)).isEmpty()) {
        daemonSet =
            Optional.of(new DaemonSetWriter(context, view.daemonSets()).apply(declared, daemonSet));
        events.normal(
            service,
            ServiceEvents.APPLIED_DAEMON_SET,
            "applied DaemonSet %s/%s"
                .formatted(settings.namespace(), declared.getMetadata().getName()));
      }
    } catch (InvalidServiceException e) {
      return show(service, daemonSet, Optional.of(e.problem()), writer);
    } catch (KubernetesClientException e) {
      if (e.getCode() == HTTP_NOT_FOUND) {
        // The namespace was deleted; it is made again, and this is retried.
        new Surroundings(client, withdrawal).create(settings.namespace());
      }
      Problem refusal = refusal(e);
      return Optional.of(
          show(service, daemonSet, Optional.of(refusal), writer).orElse(REFUSED_RETRY));
    }
    if (view.optIn() != optIn) {
      // Nodes have changed while we wrote, and our own write tells nobody.
      return Optional.of(AT_ONCE);
    }
    return show(service, daemonSet, Optional.empty(), writer);
  }

  private void claim(Service service, ServiceWriter writer) {
    Optional<Service> ours = writer.takeOver(service);
    if (ours.filter(it -> !Ownership.ofFinalizer(it)).isPresent()) {
      writer.claim(service);
    }
  }

  /** Brings the status up to date, if it is time to. */
  private Optional<Duration> show(
      Service service,
      Optional<DaemonSet> daemonSet,
      Optional<Problem> known,
      ServiceWriter writer) {
    String uid = service.getMetadata().getUid();
    List<Pod> pods = view.podsOf(service);
    boolean complete = daemonSet.filter(it -> areAllServing(it, pods)).isPresent();
    Optional<Duration> pause = pace.pause(uid, complete);
    if (pause.isPresent()) {
      return pause;
    }
    List<String> addresses = Addresses.of(service, pods, view::node, view.slicesOf(service));
    Optional<Problem> problem =
        known
            .or(() -> daemonSet.flatMap(it -> diagnose(service, it, pods)))
            .or(() -> Diagnosis.noLocalEndpoint(service, pods, addresses));
    Optional<Duration> untilTold = untilTold(service, problem);
    DesiredStatus status =
        DesiredStatus.of(
            service,
            addresses,
            untilTold.isPresent() ? Optional.empty() : problem,
            clock.instant());
    if (!status.isOf(service)) {
      writer.writeStatus(service, status.toStatus());
      pace.wrote(uid, complete);
      tell(service, status);
    }
    return untilTold;
  }

  /** Whether every pod that a DaemonSet is to have serves, as far as its controller has told. */
  private static boolean areAllServing(DaemonSet daemonSet, List<Pod> pods) {
    DaemonSetStatus status = daemonSet.getStatus();
    return status != null
        && status.getDesiredNumberScheduled() != null
        && Objects.equals(status.getObservedGeneration(), daemonSet.getMetadata().getGeneration())
        && pods.stream().filter(PodTraits::isServing).count() >= status.getDesiredNumberScheduled();
  }

  private Optional<Problem> diagnose(Service service, DaemonSet daemonSet, List<Pod> pods) {
    Optional<Problem> refusal = RefusedPods.problem(daemonSet, pods, view.refusals());
    if (refusal.filter(it -> it.message().contains("serviceaccount")).isPresent()) {
      // It is ours: somebody has taken it away.
      new Surroundings(client, withdrawal).create(settings.namespace());
    }
    return refusal.or(
        () -> new Diagnosis(service, daemonSet, pods, view::nodes, holders, logs).problem());
  }

  private Optional<Duration> untilTold(Service service, Optional<Problem> problem) {
    String uid = service.getMetadata().getUid();
    if (problem.isEmpty()) {
      pace.solved(uid);
      return Optional.empty();
    }
    return isTold(service, problem.get().reason()) ? Optional.empty() : pace.untilTold(uid);
  }

  private void tell(Service service, DesiredStatus status) {
    List<String> before = DesiredStatus.currentAddresses(service);
    List<String> now = status.addresses();
    if (now.isEmpty() && !before.isEmpty()) {
      events.warning(
          service, ServiceEvents.UNAVAILABLE_LOAD_BALANCER, "no address any more, was " + before);
    } else if (before.isEmpty() ? !now.isEmpty() : !now.containsAll(before)) {
      events.normal(service, ServiceEvents.UPDATED_LOAD_BALANCER, before + " -> " + now);
    }
    status
        .condition()
        .filter(DesiredStatus::isOfProblem)
        .filter(it -> !isTold(service, it.getReason()))
        .ifPresent(it -> events.warning(service, it.getReason(), it.getMessage()));
  }

  private static boolean isTold(Service service, String reason) {
    return DesiredStatus.currentCondition(service)
        .map(Condition::getReason)
        .filter(reason::equals)
        .isPresent();
  }

  private boolean isOf(DaemonSet daemonSet, Service service) {
    return daemonSet.getMetadata().getNamespace().equals(settings.namespace())
        && daemonSet.getMetadata().getName().equals(DesiredDaemonSet.name(service));
  }

  /** What the API server does not take; anything that may pass by itself is thrown on. */
  private static Problem refusal(KubernetesClientException e) {
    boolean isRefusal =
        e.getCode() >= HTTP_BAD_REQUEST
            && e.getCode() < 500
            && e.getCode() != HTTP_CONFLICT
            && e.getCode() != HTTP_NOT_FOUND
            && e.getCode() != 429;
    if (!isRefusal) {
      throw e;
    }
    String message = e.getStatus() == null ? e.getMessage() : e.getStatus().getMessage();
    return new Problem(
        Problem.DAEMON_SET_REFUSED, "the API server refuses the DaemonSet: " + message);
  }
}
