package dev.plinth.lifecycle;

import dev.plinth.addon.PackagedManifest;
import dev.plinth.addon.Selection;
import dev.plinth.addon.Selection.Decision;
import dev.plinth.addon.Selection.Selected;
import dev.plinth.config.ServerConfig;
import dev.plinth.deploy.AddonEvents.Reason;
import dev.plinth.manifest.ManifestStaging;
import dev.plinth.manifest.StagingException;
import dev.plinth.manifest.StagingOutcome;
import dev.plinth.manifest.StagingOutcome.StagedFile;
import dev.plinth.report.AddonState;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The first loop of a server: waits for the API server, makes Addons known to it, stages what is
 * packaged, and then has this server lead. Tried again until it gets to its end.
 */
final class ServerStart implements ReconcileQueue.Task, AutoCloseable {

  static final String KEY = "server";

  private static final Logger LOG = LoggerFactory.getLogger(ServerStart.class);
  private static final String WAITING = "WaitingForServer";
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

  private final KubernetesClient client;
  private final ApiServerGate gate;
  private final ServerConfig config;
  private final Selection selection;
  private final Declarations declarations;
  private final LoopKeys keys;
  private final Surroundings server;
  private final UserFiles files;
  private final String threads;
  private final Runnable begun;
  private final ManifestStaging staging;
  private final Backoff backoff = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);
  private boolean answered;
  private boolean watching;
  private LeftToOthers leftToOthers = new LeftToOthers(Map.of());
  private Optional<LeaderTerm> term = Optional.empty();
  private boolean closed;

  /**
   * @param client the host's client, for add-ons
   * @param config the server's configuration
   * @param selection which add-ons run
   * @param staging where their manifests lie on disk
   * @param declarations what those that run declare
   * @param keys which loop a change concerns
   * @param server what the loops share
   * @param files the users' files, which are begun with once the add-ons are
   * @param threads prefix of the names of the add-ons' loops' threads
   * @param begun called once when the API server answers and has Addons
   */
  ServerStart(
      KubernetesClient client,
      ServerConfig config,
      Selection selection,
      ManifestStaging staging,
      Declarations declarations,
      LoopKeys keys,
      Surroundings server,
      UserFiles files,
      String threads,
      Runnable begun) {
    this.client = client;
    this.gate = new ApiServerGate(server.engine().api());
    this.config = config;
    this.selection = selection;
    this.staging = staging;
    this.declarations = declarations;
    this.keys = keys;
    this.server = server;
    this.files = files;
    this.threads = threads;
    this.begun = begun;
    server.board().moreToCome();
    publishDecisions();
    selection.warnings().forEach(server.board()::warn);
    config.warnings().forEach(server.board()::warn);
  }

  @Override
  public Optional<Duration> run() throws InterruptedException {
    try {
      Optional<String> obstacle = gate.obstacle();
      if (obstacle.isPresent()) {
        return waitFor(WAITING, obstacle.get());
      }
      Optional<String> unsupported = gate.unsupported();
      if (unsupported.isPresent()) {
        publishAll(AddonState.FAILED, "UnsupportedServer", unsupported.get());
        return Optional.empty();
      }
      if (!answered) {
        answered = true;
        server.board().apiServerReady();
      }
      server.definitions().ensureAddons();
      server.engine().watchAddons();
      if (!watching) {
        watching = true;
        begun.run();
      }
      // An Addon is the proof of its namespace.
      Optional<String> missing =
          server.addons().isEmpty() ? gate.missingNamespace() : Optional.empty();
      if (missing.isPresent()) {
        return waitFor(WAITING, missing.get());
      }
      leftToOthers = LeftToOthers.of(selection, server.engine().discovery());
      leftToOthers.among(selection).forEach(declarations::include);
      begin(staging.stage(declarations.toStage()));
      return Optional.empty();
    } catch (KubernetesClientException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedException();
      }
      Verdict verdict = Verdict.of(e);
      publishAll(verdict.state(), verdict.reason(), verdict.message());
      return Optional.of(backoff.next());
    } catch (StagingException e) {
      publishAll(AddonState.FAILED, "StagingFailed", e.getMessage());
      return Optional.of(backoff.next());
    } catch (RuntimeException e) {
      LOG.error("Unexpected failure of the start", e);
      Verdict verdict = Verdict.unexpected(e);
      publishAll(verdict.state(), verdict.reason(), verdict.message());
      return Optional.of(backoff.next());
    }
  }

  /** Ends the term, if this server leads. */
  @Override
  public void close() {
    Optional<LeaderTerm> last;
    synchronized (this) {
      closed = true;
      last = term;
    }
    last.ifPresent(LeaderTerm::close);
  }

  /** Has all add-ons' reconcilers start anew, and all loops look now. */
  void renew() {
    term().ifPresent(LeaderTerm::renew);
    files.wakeAll();
  }

  /** Has a loop of an add-on look as soon as possible; does nothing if there is none. */
  void wake(String loop) {
    term().ifPresent(it -> it.wake(loop));
  }

  private Optional<Duration> waitFor(String reason, String message) {
    publishAll(AddonState.PROGRESSING, reason, message);
    return Optional.of(backoff.next());
  }

  private void begin(StagingOutcome staged) {
    staged
        .unreadableRecord()
        .ifPresent(
            it ->
                server
                    .board()
                    .warn("the record of staged manifests could not be read; it is kept as " + it));
    staged.files().forEach(this::tellOfEdit);
    lead(staged);
    server.board().allKnown();
    files.start();
  }

  private synchronized Optional<LeaderTerm> term() {
    return term;
  }

  private void lead(StagingOutcome staged) {
    LeaderTerm begun =
        new LeaderTerm(
            client, config, selection, leftToOthers, declarations, staging, keys, server, threads);
    synchronized (this) {
      if (closed) {
        begun.close();
        return;
      }
      term = Optional.of(begun);
    }
    begun.begin(staged);
  }

  private void tellOfEdit(StagedFile file) {
    file.keptAside()
        .ifPresent(
            kept -> {
              String message =
                  "%s was edited; it is replaced by the packaged one, and your version kept as %s. Put such changes into an overlay, or for a chart into a HelmChartConfig"
                      .formatted(file.file(), kept);
              server.board().warn(message);
              String addon = new PackagedManifest(file.file(), "").addonResourceName();
              server
                  .addons()
                  .uid(addon)
                  .ifPresent(
                      uid -> server.events().record(addon, uid, Reason.MANIFEST_EDITED, message));
            });
  }

  private void publishDecisions() {
    for (Selected selected : selection.addons()) {
      String name = selected.addon().name();
      if (selected.decision() instanceof Decision.Blocked blocked) {
        server.board().publish(name, AddonState.BLOCKED, "RequirementMissing", blocked.why(), 0);
      } else {
        // Told at once: the first request is tried again by the client for a while before it fails.
        server
            .board()
            .publish(
                name, AddonState.PROGRESSING, WAITING, "the API server has not answered so far", 0);
      }
    }
  }

  private void publishAll(AddonState state, String reason, String message) {
    for (Selected selected : selection.addons()) {
      if (!(selected.decision() instanceof Decision.Blocked)) {
        server.board().publish(selected.addon().name(), state, reason, message, 0);
      }
    }
    if (state.settled()) {
      server.board().allKnown();
      server.board().allFilesKnown();
    }
  }
}
