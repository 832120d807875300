package dev.plinth.lifecycle;

import com.google.common.collect.Iterables;
import dev.plinth.addon.Addon;
import dev.plinth.addon.AddonContext;
import dev.plinth.addon.Selection;
import dev.plinth.addon.Selection.Decision;
import dev.plinth.addon.Selection.Selected;
import dev.plinth.addon.Slot;
import dev.plinth.apply.DeleteRules;
import dev.plinth.config.ServerConfig;
import dev.plinth.deploy.DeclaredManifest;
import dev.plinth.manifest.ManifestException;
import dev.plinth.manifest.ManifestStaging;
import dev.plinth.manifest.StagingOutcome;
import dev.plinth.manifest.StagingOutcome.ObsoleteFile;
import dev.plinth.report.AddonState;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a server does for as long as it leads: a loop for each add-on, with its reconcilers, and the
 * removal of those that are disabled.
 */
final class LeaderTerm implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(LeaderTerm.class);
  private static final int LOOPS_AT_ONCE = 4;

  private final KubernetesClient client;
  private final ClusterDnsCheck dnsCheck;
  private final ServerConfig config;
  private final Selection selection;
  private final LeftToOthers leftToOthers;
  private final Declarations declarations;
  private final ManifestStaging staging;
  private final ReconcileQueue queue;
  private final LoopKeys keys;
  private final Surroundings server;
  private final Map<String, AddonRunner> runners = new ConcurrentHashMap<>();

  /**
   * @param client for add-ons
   * @param config the server's configuration
   * @param selection which add-ons run
   * @param leftToOthers which of the blocked ones are applied all the same
   * @param declarations what all of them declare
   * @param staging where their manifests lie on disk
   * @param keys which loop a change concerns
   * @param server what the loops share
   * @param threads prefix of the names of the loops' threads
   */
  LeaderTerm(
      KubernetesClient client,
      ServerConfig config,
      Selection selection,
      LeftToOthers leftToOthers,
      Declarations declarations,
      ManifestStaging staging,
      LoopKeys keys,
      Surroundings server,
      String threads) {
    this.client = client;
    this.dnsCheck = new ClusterDnsCheck(server.engine().api());
    this.config = config;
    this.selection = selection;
    this.leftToOthers = leftToOthers;
    this.declarations = declarations;
    this.staging = staging;
    this.queue = new ReconcileQueue(threads, LOOPS_AT_ONCE);
    this.keys = keys;
    this.server = server;
  }

  /**
   * Begins all loops.
   *
   * @param staged which files of disabled add-ons and of older versions there are still
   */
  void begin(StagingOutcome staged) {
    announce();
    selection.enabled().forEach(it -> run(it, AddonRunner.Telling.PLAIN));
    leftToOthers.among(selection).forEach(this::runForOthers);
    removeDisabled(staged);
    for (ObsoleteFile file : staged.obsolete()) {
      if (FileRemoval.isDue(file, selection, config)) {
        removeFile(file);
      }
    }
  }

  /** Has a loop look as soon as possible; does nothing if there is none of that name. */
  void wake(String loop) {
    queue.wake(loop);
  }

  /** Has all add-ons' reconcilers start anew, and all loops look now. */
  void renew() {
    runners.forEach(
        (key, runner) -> {
          runner.renewReconcilers();
          queue.wake(key);
        });
  }

  /** Interrupts the loops, and ends them and the add-ons' reconcilers. */
  @Override
  public void close() {
    queue.close();
    runners.values().forEach(AddonRunner::close);
  }

  /** Before the first of them is applied, all have a say on what several of them declare. */
  private void announce() {
    for (Addon addon : Iterables.concat(selection.enabled(), leftToOthers.among(selection))) {
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

  private void runForOthers(Addon addon) {
    run(
        new LeftToOthers.ManifestsOnly(addon),
        (verdict, applied) ->
            leftToOthers.tell(addon.name(), applied ? Optional.empty() : Optional.of(verdict)));
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

  private AddonContext contextOf(String addon) {
    return new AddonContext(config, client, "plinth-" + addon, Engine.healthContext(selection));
  }

  private DeleteRules rulesOf(String addon) {
    return new DeleteRules(config.deleteProtected().contains(addon));
  }
}
