package dev.plinth.helm.engine;

import static java.util.Objects.requireNonNull;

import dev.plinth.helm.engine.Outcome.Done;
import dev.plinth.helm.engine.Outcome.Failed;
import dev.plinth.helm.engine.Outcome.Refused;
import dev.plinth.helm.release.Release;
import dev.plinth.helm.release.ReleaseName;
import dev.plinth.helm.release.ReleaseStatus;
import dev.plinth.helm.release.ReleaseStorage;
import dev.plinth.helm.release.StorageDriver;
import dev.plinth.helm.release.UnreadableReleaseException;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What both engines have in common: one operation for each release at a time, files that are
 * deleted, ownership, labels, the number of stored revisions, the wait for a removal, and messages
 * without values.
 */
final class ReleaseEngine implements HelmEngine {
  private static final Duration TO_END = Duration.ofSeconds(15);

  private final HelmRunner runner;
  private final ClusterAccess cluster;
  private final WorkDirectory work;
  private final InstantSource clock;
  private final OperationGate gate = new OperationGate();

  ReleaseEngine(HelmRunner runner, ClusterAccess cluster, WorkDirectory work, InstantSource clock) {
    this.runner = requireNonNull(runner, "runner");
    this.cluster = requireNonNull(cluster, "cluster");
    this.work = requireNonNull(work, "work");
    this.clock = requireNonNull(clock, "clock");
  }

  @Override
  public EngineInfo info() {
    return runner.info();
  }

  @Override
  public Outcome install(ApplyRequest request) {
    return apply("installation", request, (context) -> runner.install(context, request));
  }

  @Override
  public Outcome upgrade(ApplyRequest request) {
    return apply(
        "upgrade",
        request,
        context -> {
          Release current =
              context
                  .storage()
                  .latest(request.target().name())
                  .orElseThrow(() -> noRelease(request.target().name()));
          runner.upgrade(context, request, current);
        });
  }

  private static HelmFailure noRelease(ReleaseName name) {
    return new HelmFailure("There is no release " + name);
  }

  private Outcome apply(String operation, ApplyRequest request, Step step) {
    Limits limits = new Limits(runner.info());
    Optional<String> refusal = limits.refusal(request);
    if (refusal.isPresent()) {
      return new Refused(refusal.get());
    }
    return operate(
        operation,
        request.target(),
        Redaction.of(request.values()),
        limits.of(request),
        context -> {
          takeOwnership(context, request);
          try {
            step.run(context);
          } finally {
            finish(context.storage(), request.target(), request.labels(), request.historyMax());
          }
        });
  }

  private void takeOwnership(RunContext context, ApplyRequest request)
      throws HelmFailure, InterruptedException {
    if (!request.takeOwnership()) {
      return;
    }
    RenderRequest render = new RenderRequest(request.target(), request.chart(), request.values());
    String manifest = runner.render(context, render);
    ReleaseName name = request.target().name();
    try {
      new OwnershipTaker(context.cluster().client(), name)
          .take(ManifestObjects.parse(manifest, name.namespace()));
    } catch (IOException e) {
      throw new HelmFailure("The rendered chart is not YAML: " + e.getMessage(), e);
    }
  }

  /** After a failure too: Helm stores a revision for that as well. */
  private static void finish(
      ReleaseStorage storage, ReleaseTarget target, Map<String, String> labels, int historyMax) {
    if (!labels.isEmpty()) {
      storage
          .latest(target.name())
          .ifPresent(latest -> storage.label(target.name(), latest.revision(), labels));
    }
    storage.prune(target.name(), historyMax);
  }

  @Override
  public Outcome rollback(RollbackRequest request) {
    Optional<String> refusal = new Limits(runner.info()).refusal(request.target());
    if (refusal.isPresent()) {
      return new Refused(refusal.get());
    }
    ReleaseName name = request.target().name();
    return operate(
        "rollback",
        request.target(),
        Redaction.none(),
        List.of(),
        context -> {
          Release wanted = wanted(context.storage(), request);
          try {
            runner.rollback(context, request, wanted);
          } finally {
            finish(context.storage(), request.target(), request.labels(), request.historyMax());
          }
        });
  }

  private static Release wanted(ReleaseStorage storage, RollbackRequest request)
      throws HelmFailure {
    ReleaseName name = request.target().name();
    List<Release> history = storage.history(name);
    if (history.isEmpty()) {
      throw noRelease(name);
    }
    int current = history.get(history.size() - 1).revision();
    return history.stream()
        .filter(
            release ->
                request.revision() > 0
                    ? release.revision() == request.revision()
                    : release.revision() < current && release.status() == ReleaseStatus.SUPERSEDED)
        .reduce((older, newer) -> newer)
        .orElseThrow(
            () ->
                new HelmFailure(
                    request.revision() > 0
                        ? "Release %s has no revision %d; it has %s"
                            .formatted(
                                name,
                                request.revision(),
                                history.stream().map(Release::revision).toList())
                        : "Release %s has no earlier revision that was deployed".formatted(name)));
  }

  @Override
  public Outcome uninstall(UninstallRequest request) {
    Limits limits = new Limits(runner.info());
    Optional<String> refusal = limits.refusal(request.target());
    if (refusal.isPresent()) {
      return new Refused(refusal.get());
    }
    ReleaseName name = request.target().name();
    Optional<Release> current;
    try {
      current = status(request.target());
    } catch (KubernetesClientException | UnreadableReleaseException e) {
      return new Failed(e.getMessage(), Optional.empty(), List.of());
    }
    boolean gone =
        current.isEmpty()
            || request.keepHistory() && current.get().status() == ReleaseStatus.UNINSTALLED;
    if (gone) {
      return new Done(current, List.of());
    }
    return operate(
        "uninstallation",
        request.target(),
        Redaction.of(ReleaseValues.of(current.get().values())),
        limits.ofUninstallation(current.get()),
        context -> {
          Removal removal =
              Removal.of(
                  ManifestObjects.parse(current.get().manifest(), name.namespace()),
                  context.cluster().client(),
                  clock);
          // Then its record is all that is left, and what tells what has to be gone.
          boolean uninstalled = current.get().status() == ReleaseStatus.UNINSTALLED;
          if (uninstalled && request.waitGone()) {
            awaitGone(removal, request.timeout());
          }
          runner.uninstall(context, request);
          if (!uninstalled && request.waitGone()) {
            awaitGone(removal, request.timeout());
          }
        });
  }

  private static void awaitGone(Removal removal, Duration timeout)
      throws HelmFailure, InterruptedException {
    Optional<String> left = removal.await(timeout);
    if (left.isPresent()) {
      throw new HelmFailure(
          "Helm has uninstalled the release, but after %d s there still is: %s"
              .formatted(timeout.toSeconds(), left.get()));
    }
  }

  @Override
  public Rendering render(RenderRequest request) {
    Redaction redaction = Redaction.of(request.values());
    try (OperationDirectory directory = work.operation()) {
      RunContext context = context(directory, request.target());
      return new Rendering.Rendered(
          runner.render(context, request), new Limits(runner.info()).ofRendering());
    } catch (HelmFailure | IOException | KubernetesClientException e) {
      return new Rendering.NotRendered(redaction.apply(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Rendering.NotRendered("Interrupted");
    }
  }

  @Override
  public Optional<Release> status(ReleaseTarget target) {
    return storage(cluster.as(target.serviceAccount()), target.storage()).latest(target.name());
  }

  @Override
  public List<Release> history(ReleaseTarget target) {
    return storage(cluster.as(target.serviceAccount()), target.storage()).history(target.name());
  }

  @Override
  public Optional<Release> recover(ReleaseTarget target) {
    if (gate.isRunning(target.name())) {
      return Optional.empty();
    }
    ReleaseStorage storage = storage(cluster.as(target.serviceAccount()), target.storage());
    Optional<Release> interrupted = storage.latest(target.name()).filter(ReleaseEngine::isCutOff);
    interrupted.ifPresent(
        release ->
            storage.setStatus(
                target.name(),
                release.revision(),
                ReleaseStatus.FAILED,
                "Plinth: found in the state %s, whose operation was cut off"
                    .formatted(release.status().helmName())));
    return interrupted;
  }

  /** A state that Helm refuses to go on from. */
  private static boolean isCutOff(Release release) {
    return release.status().isInterrupted() || release.status() == ReleaseStatus.UNKNOWN;
  }

  @Override
  public List<String> close(Duration patience) {
    try {
      List<String> running = gate.close(patience);
      if (running.isEmpty()) {
        return running;
      }
      runner.cancel();
      return runner.info().has(EngineFeature.CANCELLATION) ? gate.close(TO_END) : running;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      runner.cancel();
      return List.of();
    }
  }

  /** A step of an operation. */
  private interface Step {
    void run(RunContext context) throws HelmFailure, IOException, InterruptedException;
  }

  private Outcome operate(
      String operation,
      ReleaseTarget target,
      Redaction redaction,
      List<EngineLimit> limits,
      Step step) {
    String busy = gate.enter(target.name(), operation);
    if (busy != null) {
      return new Refused("No %s of release %s: %s".formatted(operation, target, busy));
    }
    try (OperationDirectory directory = work.operation()) {
      RunContext context = context(directory, target);
      String failure = failure(step, context);
      Optional<Release> release = context.storage().latest(target.name());
      return failure == null
          ? new Done(release, limits)
          : new Failed(redaction.apply(failure), release, limits);
    } catch (KubernetesClientException | UnreadableReleaseException | IOException e) {
      return new Failed(redaction.apply(String.valueOf(e.getMessage())), Optional.empty(), limits);
    } finally {
      gate.leave(target.name());
    }
  }

  /**
   * @return what went wrong; null if nothing did
   */
  private static String failure(Step step, RunContext context) throws IOException {
    try {
      step.run(context);
      return null;
    } catch (HelmFailure | KubernetesClientException e) {
      return String.valueOf(e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "Interrupted";
    }
  }

  private RunContext context(OperationDirectory directory, ReleaseTarget target) {
    ClusterAccess access = cluster.as(target.serviceAccount());
    return new RunContext(directory, access, storage(access, target.storage()));
  }

  private ReleaseStorage storage(ClusterAccess access, StorageDriver driver) {
    return new ReleaseStorage(access.client(), driver, clock);
  }
}
