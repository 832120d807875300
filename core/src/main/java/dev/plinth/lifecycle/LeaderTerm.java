package dev.plinth.lifecycle;

import com.google.common.collect.Sets;
import dev.plinth.addon.Addon;
import dev.plinth.addon.AddonContext;
import dev.plinth.addon.Selection;
import dev.plinth.addon.Selection.Decision;
import dev.plinth.addon.Selection.Selected;
import dev.plinth.addon.Slot;
import dev.plinth.apply.DeleteRules;
import dev.plinth.config.ServerConfig;
import dev.plinth.deploy.DeclaredManifest;
import dev.plinth.health.HealthContext;
import dev.plinth.manifest.ManifestStaging;
import dev.plinth.manifest.StagingOutcome;
import dev.plinth.manifest.StagingOutcome.ObsoleteFile;
import dev.plinth.report.AddonState;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What a server does for as long as it leads: a loop for each add-on, with its reconcilers, and the
 * removal of those that are disabled. What is to be done may change meanwhile; then only those
 * loops begin and end which that concerns.
 *
 * <p>{@link #update} and {@link #close} are called by one thread at a time, the rest by any.
 */
final class LeaderTerm implements AutoCloseable {

  private static final int LOOPS_AT_ONCE = 4;

  private final KubernetesClient client;
  private final ClusterDnsCheck dnsCheck;
  private final ServerConfig config;
  private final Declarations declarations;
  private final ManifestStaging staging;
  private final ReconcileQueue queue;
  private final LoopKeys keys;
  private final Surroundings server;
  private final NewerVersions newer;
  private final Map<String, Work> loops = new HashMap<>();
  private final Map<String, AddonRunner> runners = new ConcurrentHashMap<>();
  private final Set<String> gone = ConcurrentHashMap.newKeySet();
  private final Set<ObsoleteFile> files = new HashSet<>();
  private Optional<SlotWatch> slots = Optional.empty();
  private SortedSet<String> removing = Sets.newTreeSet();

  /**
   * @param client for add-ons; refuses to write when the term is over
   * @param config the server's configuration
   * @param declarations what the add-ons that run declare, kept up to date
   * @param staging where their manifests lie on disk
   * @param keys which loop a change concerns
   * @param server what the loops share; it writes by the same client
   * @param newer what is not to be touched
   * @param threads prefix of the names of the loops' threads
   */
  LeaderTerm(
      KubernetesClient client,
      ServerConfig config,
      Declarations declarations,
      ManifestStaging staging,
      LoopKeys keys,
      Surroundings server,
      NewerVersions newer,
      String threads) {
    this.client = client;
    this.dnsCheck = new ClusterDnsCheck(server.engine().api());
    this.config = config;
    this.declarations = declarations;
    this.staging = staging;
    this.queue = new ReconcileQueue(threads, LOOPS_AT_ONCE);
    this.keys = keys;
    this.server = server;
    this.newer = newer;
  }

  /**
   * What is to be done.
   *
   * @param selection which add-ons run
   * @param leftToOthers which of the blocked ones are applied all the same
   * @param unknown names of no add-on whose objects are to go
   * @param named names that some server has an add-on of, or disables
   * @param staged which files of disabled add-ons and of older versions there are still
   */
  record Duties(
      Selection selection,
      LeftToOthers leftToOthers,
      SortedSet<String> unknown,
      Set<String> named,
      StagingOutcome staged) {}

  /** What a loop does; another loop is needed for what is not equal. */
  private sealed interface Work {

    /**
     * Keeps an add-on.
     *
     * @param blocked why, if only its manifests are applied, for other controllers
     * @param declared what it declares; nothing if all its files are skipped
     */
    record Keeping(
        Addon addon,
        Optional<Decision.Blocked> blocked,
        List<DeclaredManifest> declared,
        List<Addon> providers,
        HealthContext health)
        implements Work {}

    /** Takes an add-on away, whose code there need not be. */
    record Removing(String flag, Optional<Addon> addon) implements Work {}
  }

  /** Makes the loops be those that the duties ask for, and has all of them look. */
  void update(Duties duties) {
    Map<String, Work> wanted = wanted(duties);
    SortedSet<String> removingNow = Sets.newTreeSet(wanted.keySet());
    removingNow.removeIf(it -> wanted.get(it) instanceof Work.Keeping);
    boolean otherOrder = !removingNow.equals(removing);
    removing = removingNow;
    for (String name : List.copyOf(loops.keySet())) {
      Work work = loops.get(name);
      boolean again = otherOrder && work instanceof Work.Removing && !gone.contains(name);
      if (again || !work.equals(wanted.get(name))) {
        end(name);
      }
    }
    RemovalOrder order =
        new RemovalOrder(
            removing.stream()
                .flatMap(it -> ((Work.Removing) wanted.get(it)).addon().stream())
                .toList());
    gone.forEach(order::gone);
    wanted.forEach(
        (name, work) -> {
          if (loops.putIfAbsent(name, work) == null) {
            begin(name, work, duties, order);
          }
        });
    tellBlocked(duties);
    duties.staged().obsolete().stream()
        .filter(it -> FileRemoval.isDue(it, duties.selection(), duties.named()))
        .filter(files::add)
        .forEach(this::removeFile);
    watchSlots(duties.selection());
    loops.keySet().forEach(it -> queue.wake(keyOf(it)));
  }

  /** Those who wait for the add-ons are told at once, so the first look is not the loop's. */
  private void watchSlots(Selection selection) {
    if (slots.filter(it -> it.isFor(selection)).isPresent()) {
      return;
    }
    queue.remove(SlotWatch.KEY);
    slots.ifPresent(SlotWatch::close);
    SlotWatch watch = new SlotWatch(server, config, selection);
    slots = Optional.of(watch);
    watch.look();
    queue.add(SlotWatch.KEY, watch);
  }

  /** Has a loop look as soon as possible; does nothing if there is none of that name. */
  void wake(String loop) {
    queue.wake(loop);
  }

  /** Has all add-ons' reconcilers start anew, and all loops look now. */
  void renew() {
    runners.forEach(
        (name, runner) -> {
          runner.renewReconcilers();
          queue.wake(keyOf(name));
        });
  }

  /** Interrupts all loops, and begins no more; returns at once. {@link #close} is still due. */
  void abandon() {
    queue.abandon();
  }

  /** Interrupts the loops, and ends them and the add-ons' reconcilers. */
  @Override
  public void close() {
    queue.close();
    slots.ifPresent(SlotWatch::close);
    runners.values().forEach(AddonRunner::close);
    runners.clear();
    loops.values().forEach(this::forget);
    loops.clear();
  }

  private Map<String, Work> wanted(Duties duties) {
    Selection selection = duties.selection();
    HealthContext health = Engine.healthContext(selection);
    Map<String, Work> wanted = new LinkedHashMap<>();
    for (Selected selected : selection.addons()) {
      Addon addon = selected.addon();
      if (selected.decision() instanceof Decision.Disabled disabled) {
        wanted.put(addon.name(), new Work.Removing(disabled.flag(), Optional.of(addon)));
      } else if (selected.enabled() || duties.leftToOthers().contains(addon)) {
        wanted.put(
            addon.name(),
            new Work.Keeping(
                addon,
                Optional.ofNullable(duties.leftToOthers().byName().get(addon.name())),
                declarations.of(addon),
                selection.providersFor(addon),
                health));
      }
    }
    for (String name : duties.unknown()) {
      if (isKnown(name, duties.staged()) || loops.containsKey(name)) {
        wanted.put(name, new Work.Removing("--disable " + name, Optional.empty()));
      }
    }
    return wanted;
  }

  private boolean isKnown(String name, StagingOutcome staged) {
    return !server.addons().of(name).isEmpty()
        || staged.obsolete().stream().anyMatch(it -> it.addon().equals(name));
  }

  private void begin(String name, Work work, Duties duties, RemovalOrder order) {
    if (work instanceof Work.Keeping keeping) {
      keep(keeping, duties);
    } else if (work instanceof Work.Removing it) {
      remove(name, it, duties, order);
    }
  }

  private void keep(Work.Keeping keeping, Duties duties) {
    String name = keeping.addon().name();
    if (keeping.declared().isEmpty()) {
      Verdict it = FollowerView.SKIPPED;
      server.board().publish(name, it.state(), it.reason(), it.message(), 0);
      return;
    }
    if (keeping.blocked().isEmpty() && server.board().isSwitchedOff(name)) {
      // Who waits for it must not be told what was so before it was wanted.
      server
          .board()
          .publish(name, AddonState.PROGRESSING, "Enabling", "it is to run from now on", 0);
    }
    AddonRunner runner =
        new AddonRunner(
            keeping.blocked().isPresent()
                ? new LeftToOthers.ManifestsOnly(keeping.addon())
                : keeping.addon(),
            keeping.providers(),
            contextOf(name, keeping.health()),
            keeping.declared(),
            rulesOf(name),
            server,
            telling(keeping, duties.leftToOthers()));
    runners.put(name, runner);
    keeping.declared().forEach(it -> keys.put(it.membership(), keyOf(name)));
    queue.add(keyOf(name), unlessReserved(name, runner, runner::renewReconcilers));
  }

  private static AddonRunner.Telling telling(Work.Keeping keeping, LeftToOthers others) {
    return keeping.blocked().isEmpty()
        ? AddonRunner.Telling.PLAIN
        : (verdict, applied) ->
            others.tell(keeping.addon().name(), applied ? Optional.empty() : Optional.of(verdict));
  }

  private void remove(String name, Work.Removing work, Duties duties, RemovalOrder order) {
    server.addons().of(name).forEach(it -> keys.put(it.membership(), keyOf(name)));
    // What a follower has told to be gone is not on its way again because it leads now.
    if (!server.addons().of(name).isEmpty() || !server.board().isSettled(name)) {
      server.board().publish(name, AddonState.PROGRESSING, "Removing", work.flag(), 0);
    }
    AddonRemoval removal =
        new AddonRemoval(
            name,
            work.flag(),
            work.addon(),
            contextOf(name, Engine.healthContext(duties.selection())),
            duties.staged().obsolete().stream()
                .filter(it -> it.addon().equals(name))
                .map(ObsoleteFile::file)
                .toList(),
            rulesOf(name),
            staging,
            server,
            () -> {
              warnOfMissingDns(work.addon(), duties.selection());
              gone.add(name);
              order.gone(name);
            });
    order.begin(name, () -> queue.add(keyOf(name), unlessReserved(name, removal, () -> {})));
  }

  private void removeFile(ObsoleteFile file) {
    queue.add(
        "file " + file.file(),
        unlessReserved(
            file.addon(),
            new FileRemoval(file, declarations, rulesOf(file.addon()), staging, server),
            () -> {}));
  }

  private ReconcileQueue.Task unlessReserved(
      String addon, ReconcileQueue.Task task, Runnable paused) {
    return () -> {
      Optional<Verdict> reservation = newer.reservation(addon);
      if (reservation.isEmpty()) {
        return task.run();
      }
      paused.run();
      Verdict it = reservation.get();
      server.board().publish(addon, it.state(), it.reason(), it.message(), 0);
      return Optional.empty();
    };
  }

  private void tellBlocked(Duties duties) {
    for (Selected selected : duties.selection().addons()) {
      String name = selected.addon().name();
      if (selected.decision() instanceof Decision.Blocked blocked && !loops.containsKey(name)) {
        server.board().publish(name, AddonState.BLOCKED, "RequirementMissing", blocked.why(), 0);
      }
    }
  }

  private void end(String name) {
    queue.remove(keyOf(name));
    Optional.ofNullable(runners.remove(name)).ifPresent(AddonRunner::close);
    gone.remove(name);
    forget(loops.remove(name));
  }

  /** Nobody looks any more for what the loop has waited for. */
  private void forget(Work ended) {
    if (ended instanceof Work.Keeping keeping) {
      ManifestRound round = new ManifestRound(server);
      keeping.declared().forEach(it -> round.pause(it.membership()));
    }
  }

  private void warnOfMissingDns(Optional<Addon> disabled, Selection selection) {
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

  private AddonContext contextOf(String addon, HealthContext health) {
    return new AddonContext(config, client, Engine.FIELD_MANAGER + "-" + addon, health);
  }

  private DeleteRules rulesOf(String addon) {
    return new DeleteRules(config.deleteProtected().contains(addon));
  }

  /** Key of the loop of an add-on. */
  static String keyOf(String addon) {
    return "addon " + addon;
  }
}
