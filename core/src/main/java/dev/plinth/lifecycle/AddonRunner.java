package dev.plinth.lifecycle;

import static java.util.stream.Collectors.joining;

import dev.plinth.addon.Addon;
import dev.plinth.addon.AddonContext;
import dev.plinth.addon.FunctionalProbe;
import dev.plinth.addon.ReconcilerRegistration;
import dev.plinth.apply.ApplyResult;
import dev.plinth.apply.DeleteRules;
import dev.plinth.apply.ObjectOutcome;
import dev.plinth.cluster.ObservedObject;
import dev.plinth.deploy.AddonCondition;
import dev.plinth.deploy.AddonCondition.Status;
import dev.plinth.deploy.AddonEvents.Reason;
import dev.plinth.deploy.AddonStatusView;
import dev.plinth.deploy.DeclaredManifest;
import dev.plinth.deploy.ManifestReconciler;
import dev.plinth.deploy.ManifestReconciler.Planned;
import dev.plinth.diagnosis.Cause;
import dev.plinth.manifest.ManifestException;
import dev.plinth.report.AddonState;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.OperatorException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The loop of one enabled add-on. A round looks at everything and does what is left to do; with
 * nothing to do it sends no request. It runs again whenever one of the add-on's objects changes.
 */
final class AddonRunner implements ReconcileQueue.Task, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(AddonRunner.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
  private static final String PROBE_FAILED = "ProbeFailed";

  private final Addon addon;
  private final AddonContext context;
  private final List<DeclaredManifest> manifests;
  private final DeleteRules rules;
  private final Surroundings server;
  private final RepairBrake brake;
  private final Backoff backoff = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);
  private boolean defined;
  private boolean prepared;
  private boolean appliedBefore;
  private boolean probePassed;
  private Optional<ReconcilerHost> reconcilers = Optional.empty();
  private boolean closed;

  /**
   * @param addon the add-on
   * @param context what it works with
   * @param manifests what it declares: for an add-on without files one without source and content
   * @param rules what may be pruned
   * @param server what the loops share
   */
  AddonRunner(
      Addon addon,
      AddonContext context,
      List<DeclaredManifest> manifests,
      DeleteRules rules,
      Surroundings server) {
    this.addon = addon;
    this.context = context;
    this.manifests = List.copyOf(manifests);
    this.rules = rules;
    this.server = server;
    this.brake = new RepairBrake(server.clock());
  }

  /** An add-on cannot go on with this round. */
  private static final class RoundEnded extends Exception {

    private static final long serialVersionUID = 1L;
    private final transient Verdict verdict;

    RoundEnded(Verdict verdict) {
      super(verdict.message(), null, false, false);
      this.verdict = verdict;
    }
  }

  @Override
  public Optional<Duration> run() throws InterruptedException {
    Duration pause = brake.pause();
    if (!pause.isZero()) {
      return Optional.of(pause);
    }
    Verdict verdict;
    boolean retry = false;
    try {
      define();
      List<Planned> plans = plan();
      prepare();
      Map<DeclaredManifest, ApplyResult> results = apply(plans);
      retry = results.values().stream().anyMatch(it -> !it.complete());
      if (!retry) {
        startReconcilers();
      }
      verdict = judge(results);
      writeStatuses(results, verdict);
    } catch (RoundEnded e) {
      verdict = e.verdict;
      retry = true;
    } catch (KubernetesClientException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedException();
      }
      LOG.debug("Add-on {}: round not finished", addon.name(), e);
      verdict = Verdict.of(e);
      retry = true;
    } catch (RuntimeException | LinkageError e) {
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedException();
      }
      // Most likely code of the add-on: its own failure, to be seen where people look for it.
      LOG.warn("Add-on {}: unexpected failure", addon.name(), e);
      verdict = Verdict.unexpected(e);
      retry = true;
    }
    publish(verdict);
    if (retry || verdict.reason().equals(PROBE_FAILED)) {
      return Optional.of(backoff.next());
    }
    backoff.reset();
    return Optional.empty();
  }

  /** Ends the add-on's reconcilers, also those that a round still under way is about to start. */
  @Override
  public synchronized void close() {
    closed = true;
    reconcilers.ifPresent(ReconcilerHost::close);
  }

  /** Ends the add-on's reconcilers, whose watches may be lost; the next round starts new ones. */
  synchronized void renewReconcilers() {
    reconcilers.ifPresent(ReconcilerHost::close);
    reconcilers = Optional.empty();
  }

  private void define() {
    if (!defined) {
      addon
          .customResourceDefinitions()
          .forEach(it -> server.definitions().ensure(it, addon.name()));
      defined = true;
    }
  }

  /**
   * Plans all manifests; an object that is somebody else's stops them all, before anything is
   * written.
   */
  private List<Planned> plan() throws InterruptedException, RoundEnded {
    List<Planned> plans = new ArrayList<>();
    for (DeclaredManifest manifest : manifests) {
      try {
        plans.add(server.manifests().plan(manifest));
      } catch (ManifestException e) {
        throw failed(manifest, Reason.PARSE_MANIFEST_FAILED, "ParseManifestFailed", e.getMessage());
      }
    }
    List<Verdict> refused = new ArrayList<>();
    for (Planned planned : plans) {
      List<ObjectOutcome> refusals = planned.changes().refusals();
      if (!refusals.isEmpty()) {
        refused.add(
            failed(
                    planned.manifest(),
                    Reason.APPLY_MANIFEST_FAILED,
                    refusals.get(0).reason(),
                    ManifestReconciler.describe(refusals)
                        + "; or start with --disable "
                        + addon.name())
                .verdict);
      }
    }
    if (!refused.isEmpty()) {
      throw new RoundEnded(
          new Verdict(
              AddonState.FAILED,
              refused.get(0).reason(),
              refused.stream().map(Verdict::message).collect(joining("; "))));
    }
    return plans;
  }

  private RoundEnded failed(
      DeclaredManifest manifest, Reason event, String reason, String message) {
    server.manifests().recordFailure(manifest, event, message);
    AddonCondition condition = new AddonCondition(Status.FALSE, reason, message);
    writeStatus(manifest, condition, condition);
    return new RoundEnded(new Verdict(AddonState.FAILED, reason, message));
  }

  private void prepare() throws InterruptedException {
    if (!prepared) {
      addon.prepare(context);
      prepared = true;
    }
  }

  private Map<DeclaredManifest, ApplyResult> apply(List<Planned> plans)
      throws InterruptedException {
    Map<DeclaredManifest, ApplyResult> results = new LinkedHashMap<>();
    for (Planned planned : plans) {
      ApplyResult result = server.manifests().apply(planned, rules);
      results.put(planned.manifest(), result);
      if (appliedBefore && result.changes() > 0) {
        brake.repaired();
      }
      if (!result.complete()) {
        server
            .manifests()
            .recordFailure(
                planned.manifest(),
                Reason.APPLY_MANIFEST_FAILED,
                ManifestReconciler.describe(result.problems()));
      }
    }
    appliedBefore |= results.values().stream().allMatch(ApplyResult::complete);
    return results;
  }

  private void startReconcilers() throws RoundEnded {
    List<ReconcilerRegistration<?>> registrations =
        isReconciling() ? List.of() : addon.reconcilers(context);
    if (registrations.isEmpty()) {
      return;
    }
    try {
      keep(ReconcilerHost.start(context.client(), registrations));
    } catch (OperatorException e) {
      LOG.warn("Add-on {}: reconcilers not started", addon.name(), e);
      throw new RoundEnded(
          new Verdict(
              AddonState.PROGRESSING, "ReconcilersNotStarted", String.valueOf(e.getMessage())));
    }
  }

  private synchronized boolean isReconciling() {
    return reconcilers.isPresent();
  }

  private synchronized void keep(ReconcilerHost started) {
    if (closed) {
      started.close();
    } else {
      reconcilers = Optional.of(started);
    }
  }

  private Verdict judge(Map<DeclaredManifest, ApplyResult> results) throws InterruptedException {
    List<ObjectOutcome> problems =
        results.values().stream()
            .filter(it -> !it.complete())
            .flatMap(it -> it.problems().stream())
            .toList();
    if (!problems.isEmpty()) {
      boolean passing = problems.stream().allMatch(ObjectOutcome::passing);
      ObjectOutcome first =
          problems.stream().filter(it -> !it.passing()).findFirst().orElse(problems.get(0));
      return new Verdict(
          passing ? AddonState.PROGRESSING : AddonState.FAILED,
          first.reason(),
          ManifestReconciler.describe(problems));
    }
    MemberHealth health = MemberHealth.of(members());
    Optional<Verdict> unhealthy = health.verdict(causes());
    return unhealthy.isPresent()
        ? unhealthy.get()
        : probe().orElseGet(() -> Verdict.ready(health.total(), kept(results)));
  }

  /** What a complete result holds besides successes was left on purpose. */
  private static List<ObjectOutcome> kept(Map<DeclaredManifest, ApplyResult> results) {
    return results.values().stream().flatMap(it -> it.problems().stream()).toList();
  }

  private List<Cause> causes() {
    return manifests.stream()
        .flatMap(
            it ->
                server
                    .diagnosis()
                    .examine(it.membership().applySetId(), MemberHealth.of(members(it)).unhealthy())
                    .stream())
        .toList();
  }

  private Optional<Verdict> probe() throws InterruptedException {
    Optional<FunctionalProbe> probe = probePassed ? Optional.empty() : addon.probe();
    if (probe.isPresent()) {
      Optional<String> failure = probe.get().probe(context);
      if (failure.isPresent()) {
        return Optional.of(new Verdict(AddonState.PROGRESSING, PROBE_FAILED, failure.get()));
      }
      probePassed = true;
    }
    return Optional.empty();
  }

  private void writeStatuses(Map<DeclaredManifest, ApplyResult> results, Verdict verdict) {
    AddonCondition readiness =
        new AddonCondition(readiness(verdict.state()), verdict.reason(), verdict.message());
    boolean applied = results.values().stream().allMatch(ApplyResult::complete);
    if (applied && verdict.state() == AddonState.FAILED) {
      results.keySet().forEach(it -> server.manifests().recordUnhealthy(it, verdict.message()));
    }
    results.forEach(
        (manifest, result) ->
            writeStatus(
                manifest,
                result.complete()
                    ? new AddonCondition(Status.TRUE, "Applied", "")
                    : new AddonCondition(
                        Status.FALSE,
                        result.problems().get(0).reason(),
                        ManifestReconciler.describe(result.problems())),
                readiness));
  }

  private static Status readiness(AddonState state) {
    return switch (state) {
      case READY -> Status.TRUE;
      case PROGRESSING -> Status.UNKNOWN;
      case FAILED, DISABLED, BLOCKED -> Status.FALSE;
    };
  }

  private void writeStatus(
      DeclaredManifest manifest, AddonCondition applied, AddonCondition readiness) {
    MemberHealth health = MemberHealth.of(members(manifest));
    server
        .addons()
        .writeStatus(
            manifest.name(),
            new AddonStatusView(
                manifest.checksum(),
                health.total(),
                health.ready(),
                server.nodeName(),
                applied,
                readiness));
  }

  private void publish(Verdict verdict) {
    server
        .board()
        .publish(
            addon.name(), verdict.state(), verdict.reason(), verdict.message(), members().size());
  }

  private List<ObservedObject> members() {
    return manifests.stream().flatMap(it -> members(it).stream()).toList();
  }

  private List<ObservedObject> members(DeclaredManifest manifest) {
    return server.owned().members(manifest.membership().applySetId());
  }
}
