package dev.plinth.lifecycle;

import com.google.common.collect.Iterables;
import dev.plinth.addon.Addon;
import dev.plinth.addon.AddonContext;
import dev.plinth.addon.PackagedManifest;
import dev.plinth.addon.Selection;
import dev.plinth.addon.Selection.Decision;
import dev.plinth.addon.Selection.Selected;
import dev.plinth.addon.Slot;
import dev.plinth.apply.DeleteRules;
import dev.plinth.config.ServerConfig;
import dev.plinth.deploy.AddonEvents.Reason;
import dev.plinth.deploy.DeclaredManifest;
import dev.plinth.manifest.ManifestException;
import dev.plinth.manifest.ManifestStaging;
import dev.plinth.manifest.StagingException;
import dev.plinth.manifest.StagingOutcome;
import dev.plinth.manifest.StagingOutcome.ObsoleteFile;
import dev.plinth.manifest.StagingOutcome.StagedFile;
import dev.plinth.report.AddonState;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The first loop of a server: waits for the API server, makes Addons known to it, stages what is
 * packaged, and then starts a loop for each add-on. Tried again until it gets to its end.
 */
final class ServerStart implements ReconcileQueue.Task, AutoCloseable {

  static final String KEY = "server";

  private static final Logger LOG = LoggerFactory.getLogger(ServerStart.class);
  private static final String WAITING = "WaitingForServer";
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

  private final KubernetesClient client;
  private final ApiServerGate gate;
  private final ClusterDnsCheck dnsCheck;
  private final ServerConfig config;
  private final Selection selection;
  private final Declarations declarations;
  private final ReconcileQueue queue;
  private final LoopKeys keys;
  private final Surroundings server;
  private final UserFiles files;
  private final Runnable begun;
  private final ManifestStaging staging;
  private final Backoff backoff = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);
  private final Map<String, AddonRunner> runners = new ConcurrentHashMap<>();
  private boolean answered;
  private boolean watching;
  private LeftToOthers leftToOthers = new LeftToOthers(Map.of());

  /**
   * @param client the host's client, for add-ons
   * @param config the server's configuration
   * @param selection which add-ons run
   * @param staging where their manifests lie on disk
   * @param declarations what those that run declare
   * @param queue where the loops run
   * @param keys which loop a change concerns
   * @param server what the loops share
   * @param files the users' files, which are begun with once the add-ons are
   * @param begun called once when the API server answers and has Addons
   */
  ServerStart(
      KubernetesClient client,
      ServerConfig config,
      Selection selection,
      ManifestStaging staging,
      Declarations declarations,
      ReconcileQueue queue,
      LoopKeys keys,
      Surroundings server,
      UserFiles files,
      Runnable begun) {
    this.client = client;
    this.gate = new ApiServerGate(server.engine().api());
    this.dnsCheck = new ClusterDnsCheck(server.engine().api());
    this.config = config;
    this.selection = selection;
    this.staging = staging;
    this.declarations = declarations;
    this.queue = queue;
    this.keys = keys;
    this.server = server;
    this.files = files;
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
      blockedAndServed().forEach(declarations::include);
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

  /** Ends the add-ons' reconcilers; no loop may run any more. */
  @Override
  public void close() {
    runners.values().forEach(AddonRunner::close);
  }

  /** Has all add-ons' reconcilers start anew, and all loops look now. */
  void renew() {
    runners.forEach(
        (key, runner) -> {
          runner.renewReconcilers();
          queue.wake(key);
        });
    files.wakeAll();
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
    announce();
    selection.enabled().forEach(it -> run(it, AddonRunner.Telling.PLAIN));
    blockedAndServed().forEach(this::runForOthers);
    removeDisabled(staged);
    for (ObsoleteFile file : staged.obsolete()) {
      if (FileRemoval.isDue(file, selection, config)) {
        removeFile(file);
      }
    }
    server.board().allKnown();
    files.start();
  }

  /** Before the first of them is applied, all have a say on what several of them declare. */
  private void announce() {
    for (Addon addon : Iterables.concat(selection.enabled(), blockedAndServed())) {
      for (DeclaredManifest manifest : declarations.of(addon)) {
        try {
          server.manifests().announce(manifest);
        } catch (ManifestException e) {
          LOG.debug("Told by the loop of add-on {}", addon.name(), e);
        }
      }
    }
  }

  private void removeDisabled(StagingOutcome staged) {
    RemovalOrder order = new RemovalOrder(disabled().map(Selected::addon).toList());
    disabled()
        .forEach(
            it ->
                remove(
                    it.addon().name(),
                    ((Decision.Disabled) it.decision()).flag(),
                    Optional.of(it.addon()),
                    staged,
                    order));
    for (String name : config.disable()) {
      if (selection.find(name).isEmpty() && isKnown(name, staged)) {
        remove(name, "--disable " + name, Optional.empty(), staged, order);
      }
    }
  }

  private Stream<Selected> disabled() {
    return selection.addons().stream().filter(it -> it.decision() instanceof Decision.Disabled);
  }

  private List<Addon> blockedAndServed() {
    return selection.addons().stream().map(Selected::addon).filter(leftToOthers::contains).toList();
  }

  private void runForOthers(Addon addon) {
    LeftToOthers others = leftToOthers;
    run(
        new LeftToOthers.ManifestsOnly(addon),
        (verdict, applied) ->
            others.tell(addon.name(), applied ? Optional.empty() : Optional.of(verdict)));
  }

  private void run(Addon addon, AddonRunner.Telling telling) {
    List<DeclaredManifest> declared = declarations.of(addon);
    if (declared.isEmpty()) {
      server
          .board()
          .publish(
              addon.name(),
              AddonState.DISABLED,
              "SkipFile",
              "a .skip file lies beside its manifest; its objects are left as they are",
              0);
      return;
    }
    AddonRunner runner =
        new AddonRunner(
            addon,
            selection.providersFor(addon),
            contextOf(addon.name()),
            declared,
            rulesOf(addon.name()),
            server,
            telling);
    String key = "addon " + addon.name();
    runners.put(key, runner);
    declared.forEach(it -> keys.put(it.membership(), key));
    queue.add(key, runner);
  }

  private void remove(
      String name, String flag, Optional<Addon> addon, StagingOutcome staged, RemovalOrder order) {
    String key = "addon " + name;
    server.addons().of(name).forEach(it -> keys.put(it.membership(), key));
    server.board().publish(name, AddonState.PROGRESSING, "Removing", flag, 0);
    AddonRemoval removal =
        new AddonRemoval(
            name,
            flag,
            addon,
            contextOf(name),
            staged.obsolete().stream()
                .filter(it -> it.addon().equals(name))
                .map(ObsoleteFile::file)
                .toList(),
            rulesOf(name),
            staging,
            server,
            () -> {
              warnOfMissingDns(addon);
              order.gone(name);
            });
    order.begin(name, () -> queue.add(key, removal));
  }

  private void removeFile(ObsoleteFile file) {
    queue.add(
        "file " + file.file(),
        new FileRemoval(file, declarations, rulesOf(file.addon()), staging, server));
  }

  private boolean isKnown(String name, StagingOutcome staged) {
    return !server.addons().of(name).isEmpty()
        || staged.obsolete().stream().anyMatch(it -> it.addon().equals(name));
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

  private void warnOfMissingDns(Optional<Addon> disabled) {
    boolean dns = disabled.flatMap(Addon::slot).filter(Slot.DNS::equals).isPresent();
    if (dns && !selection.fills(Slot.DNS)) {
      try {
        dnsCheck.warning(config.clusterDns()).ifPresent(server.board()::warn);
      } catch (KubernetesClientException e) {
        // The add-on is removed all the same.
        server.board().warn("whether cluster DNS answers cannot be told: " + e.getMessage());
      }
    }
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

  private AddonContext contextOf(String addon) {
    return new AddonContext(config, client, "plinth-" + addon, Engine.healthContext(selection));
  }

  private DeleteRules rulesOf(String addon) {
    return new DeleteRules(config.deleteProtected().contains(addon));
  }
}
