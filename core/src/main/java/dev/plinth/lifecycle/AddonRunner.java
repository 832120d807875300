package dev.plinth.lifecycle;

import static java.util.stream.Collectors.joining;

import dev.plinth.addon.Addon;
import dev.plinth.addon.AddonContext;
import dev.plinth.addon.FunctionalProbe;
import dev.plinth.addon.Obstacle;
import dev.plinth.addon.ReconcilerRegistration;
import dev.plinth.apply.DeleteRules;
import dev.plinth.apply.ObjectOutcome;
import dev.plinth.deploy.DeclaredManifest;
import dev.plinth.deploy.ManifestReconciler.Planned;
import dev.plinth.manifest.ManifestException;
import dev.plinth.member.NotPermittedException;
import dev.plinth.overlay.OverlaidDocuments;
import dev.plinth.report.AddonState;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.OperatorException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
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
  private final List<Addon> providers;
  private final AddonContext context;
  private final List<DeclaredManifest> manifests;
  private final DeleteRules rules;
  private final Surroundings server;
  private final Telling telling;
  private final ManifestRound round;
  private final LeftToK3s k3s;
  private final OverlayRound overlays;
  private final Backoff backoff = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);
  private String lastReason = "";
  private boolean defined;
  private boolean cleared;
  private boolean prepared;
  private boolean probePassed;
  private Optional<ReconcilerHost> reconcilers = Optional.empty();
  private boolean closed;

  /**
   * @param addon the add-on
   * @param providers whose definitions its manifests need
   * @param context what it works with
   * @param manifests what it declares: for an add-on without files one without source and content
   * @param rules what may be pruned
   * @param server what the loops share
   * @param telling how it is told where the add-on stands
   */
  AddonRunner(
      Addon addon,
      List<Addon> providers,
      AddonContext context,
      List<DeclaredManifest> manifests,
      DeleteRules rules,
      Surroundings server,
      Telling telling) {
    this.addon = addon;
    this.providers = List.copyOf(providers);
    this.context = context;
    this.manifests = List.copyOf(manifests);
    this.rules = rules;
    this.server = server;
    this.telling = telling;
    this.round = new ManifestRound(server);
    this.k3s = new LeftToK3s(server);
    this.overlays = new OverlayRound(addon.name(), this.manifests, server);
  }

  /** Makes of what a round has shown what is told of the add-on. */
  @FunctionalInterface
  interface Telling {

    /** As it is. */
    Telling PLAIN = (verdict, applied) -> verdict;

    /**
     * @param applied whether all that is declared is in the cluster
     */
    Verdict tell(Verdict verdict, boolean applied);
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
    Verdict verdict;
    boolean retry = false;
    try {
      yieldToK3s();
      define();
      List<Planned> plans = plan();
      clear(plans);
      refuse(plans);
      prepare(plans);
      overlays.record();
      AppliedManifests applied = apply(plans);
      retry = !applied.complete();
      if (!retry) {
        startReconcilers();
      }
      verdict = judge(applied);
      overlays.tell();
      round.tell(applied, verdict);
    } catch (RoundEnded e) {
      verdict = e.verdict;
      retry = true;
    } catch (NotPermittedException e) {
      LOG.debug("Add-on {}: this server does not lead any more", addon.name(), e);
      return Optional.of(backoff.next());
    } catch (KubernetesClientException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedException();
      }
      LOG.debug("Add-on {}: round not finished", addon.name(), e);
      verdict = Verdict.of(e);
      tellOthers(verdict);
      retry = true;
    } catch (RuntimeException | LinkageError e) {
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedException();
      }
      // Most likely code of the add-on: its own failure, to be seen where people look for it.
      LOG.warn("Add-on {}: unexpected failure", addon.name(), e);
      verdict = Verdict.unexpected(e);
      tellOthers(verdict);
      retry = true;
    }
    publish(telling.tell(verdict, !retry));
    if (!verdict.reason().equals(lastReason)) {
      // Another obstacle than the last one: it has not been there for long.
      backoff.reset();
      lastReason = verdict.reason();
    }
    if (retry || verdict.reason().equals(PROBE_FAILED)) {
      return Optional.of(backoff.next());
    }
    backoff.reset();
    return manifests.stream()
        .flatMap(it -> round.nextLook(it).stream())
        .min(Comparator.naturalOrder());
  }

  /** Ends the add-on's reconcilers, also those that a round still under way is about to start. */
  @Override
  public synchronized void close() {
    closed = true;
    reconcilers.ifPresent(ReconcilerHost::close);
    overlays.end();
  }

  /** Ends the add-on's reconcilers, whose watches may be lost; the next round starts new ones. */
  synchronized void renewReconcilers() {
    reconcilers.ifPresent(ReconcilerHost::close);
    reconcilers = Optional.empty();
  }

  private void yieldToK3s() throws RoundEnded {
    Optional<Verdict> left =
        manifests.stream().flatMap(it -> k3s.obstacle(it).stream()).findFirst();
    if (left.isEmpty() && !defined) {
      left = k3s.obstacle(addon, manifests, context);
    }
    if (left.isPresent()) {
      endReconcilers(left.get());
      throw new RoundEnded(left.get());
    }
  }

  /** A K3s that has taken back what was ours has controllers of its own. */
  private void endReconcilers(Verdict left) {
    if (left.state() == AddonState.BLOCKED) {
      renewReconcilers();
    }
  }

  private void define() throws RoundEnded {
    if (!defined) {
      for (Addon provider : providers) {
        provider.customResourceDefinitions().forEach(it -> isDefined(it, provider));
      }
      for (CustomResourceDefinition definition : addon.customResourceDefinitions()) {
        if (!isDefined(definition, addon)) {
          throw new RoundEnded(
              k3s.definition(
                  manifests.get(0).name(), definition.getMetadata().getName(), addon.name()));
        }
      }
      defined = true;
    }
  }

  private boolean isDefined(CustomResourceDefinition definition, Addon owner) {
    return server
        .definitions()
        .ensure(definition, owner.name(), () -> k3s.mayBeAlive(manifests.get(0).name()));
  }

  private List<Planned> plan() throws InterruptedException, RoundEnded {
    OverlaidDocuments overlaid = overlays.choose();
    List<Planned> plans = new ArrayList<>();
    for (DeclaredManifest manifest : manifests) {
      try {
        plans.add(round.plan(manifest, overlaid));
      } catch (ManifestException e) {
        throw new RoundEnded(round.unreadable(manifest, e));
      }
    }
    return plans;
  }

  /** What the add-on itself has against it comes first: it knows best what it found. */
  private void clear(List<Planned> plans) throws InterruptedException, RoundEnded {
    if (!cleared && !isInPlace(plans, rules)) {
      Optional<Obstacle> obstacle = addon.obstacle(context);
      if (obstacle.isPresent()) {
        throw new RoundEnded(blocked(obstacle.get()));
      }
      cleared = true;
    }
  }

  private Verdict blocked(Obstacle obstacle) {
    manifests.forEach(it -> round.blocked(it, obstacle.reason(), obstacle.message()));
    return new Verdict(AddonState.BLOCKED, obstacle.reason(), obstacle.message());
  }

  /** An object that is somebody else's stops all manifests, before anything is written. */
  private void refuse(List<Planned> plans) throws RoundEnded {
    List<Verdict> refused = new ArrayList<>();
    for (Planned planned : plans) {
      List<ObjectOutcome> refusals = planned.changes().refusals();
      if (!refusals.isEmpty()) {
        refused.add(
            round.refused(planned.manifest(), refusals, "or start with --disable " + addon.name()));
      }
    }
    if (!refused.isEmpty()) {
      throw new RoundEnded(
          new Verdict(
              AddonState.FAILED,
              refused.get(0).reason(),
              refused.stream().map(Verdict::message).collect(joining("; "))));
    }
  }

  private void prepare(List<Planned> plans) throws InterruptedException {
    if (!prepared && !isInPlace(plans, rules)) {
      addon.prepare(context);
      prepared = true;
    }
  }

  /** An add-on without objects is never in place: nothing tells that it was prepared. */
  static boolean isInPlace(List<Planned> plans, DeleteRules rules) {
    return plans.stream()
        .map(Planned::changes)
        .allMatch(it -> !it.steps().isEmpty() && it.isEmpty(rules));
  }

  private AppliedManifests apply(List<Planned> plans) throws InterruptedException {
    List<AppliedManifest> results = new ArrayList<>();
    for (Planned planned : plans) {
      results.add(round.apply(planned, rules));
    }
    return new AppliedManifests(results);
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

  private Verdict judge(AppliedManifests applied) throws InterruptedException {
    Verdict verdict = round.judge(applied);
    return verdict.state() == AddonState.READY ? probe().orElse(verdict) : verdict;
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

  /** Servers that do not lead know of a failure what the Addons say. */
  private void tellOthers(Verdict verdict) {
    if (verdict.state() != AddonState.FAILED) {
      return;
    }
    try {
      manifests.forEach(it -> round.failed(it, verdict.reason(), verdict.message()));
    } catch (KubernetesClientException e) {
      LOG.debug("Add-on {}: its Addon cannot be written either", addon.name(), e);
    }
  }

  private synchronized void publish(Verdict verdict) {
    if (closed) {
      return;
    }
    int objects =
        manifests.stream()
            .mapToInt(it -> server.owned().members(it.membership().applySetId()).size())
            .sum();
    server
        .board()
        .publish(addon.name(), verdict.state(), verdict.reason(), verdict.message(), objects);
  }
}
