package dev.plinth.lifecycle;

import static java.util.stream.Collectors.toUnmodifiableSet;

import com.google.common.base.Ticker;
import dev.plinth.addon.Selection;
import dev.plinth.cluster.ClusterApi;
import dev.plinth.config.ServerConfig;
import dev.plinth.diagnosis.Diagnosis;
import dev.plinth.manifest.ManifestStaging;
import dev.plinth.member.FencedClient;
import dev.plinth.member.LeaseTimes;
import dev.plinth.member.Member;
import dev.plinth.member.ServerGroup;
import dev.plinth.member.ServerId;
import dev.plinth.overlay.OverlayMaps;
import dev.plinth.plan.Plan;
import dev.plinth.report.AddonReport;
import dev.plinth.report.PlinthListener;
import dev.plinth.report.Scope;
import dev.plinth.report.ServerStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The parts of one server, from start to close. Not API: hosts use {@link dev.plinth.PlinthServer}.
 */
public final class ServerLifecycle implements AutoCloseable {

  private static final int FILES_AT_ONCE = 16;

  private final KubernetesClient client;
  private final ServerConfig config;
  private final InstantSource clock;
  private final DataDirectoryLock lock;
  private final ServerGroup group;
  private final KubernetesClient member;
  private final ReconcileQueue roles;
  private final ReconcileQueue fileLoops;
  private final ReconcileQueue watching;
  private final StatusBoard board;
  private final Engine engine;
  private final Diagnosis diagnosis;
  private final ApiServerWatch apiServer;
  private final UserFiles files;
  private final OverlayFiles overlays;
  private final Terms terms;
  private final ServerRole role;
  private boolean closed;

  /**
   * How a server is among others.
   *
   * @param times how long Leases last
   * @param version the version of Plinth that it announces; empty for the one that this is
   */
  public record Membership(LeaseTimes times, Optional<String> version) {}

  /**
   * Starts; returns as soon as work is under way.
   *
   * @throws DataDirectoryInUseException if another live server has the data directory
   * @throws RuntimeException if an enabled add-on's manifests cannot be rendered, or the data
   *     directory not be written
   */
  public static ServerLifecycle start(
      KubernetesClient client,
      ServerConfig config,
      Selection selection,
      Membership membership,
      PlinthListener listener,
      InstantSource clock) {
    ManifestStaging staging = new ManifestStaging(config.dataDir());
    Declarations declarations = new Declarations(selection, config, staging);
    DataDirectoryLock lock = DataDirectoryLock.acquire(config.dataDir());
    try {
      return new ServerLifecycle(
          client, config, selection, membership, staging, declarations, lock, listener, clock);
    } catch (RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  private ServerLifecycle(
      KubernetesClient client,
      ServerConfig config,
      Selection selection,
      Membership membership,
      ManifestStaging staging,
      Declarations declarations,
      DataDirectoryLock lock,
      PlinthListener listener,
      InstantSource clock) {
    this.client = client;
    this.config = config;
    this.clock = clock;
    this.lock = lock;
    String version = membership.version().orElseGet(PlinthVersion::current);
    Member self = Announced.of(config, selection, version);
    Ticker ticker = Ticker.systemTicker();
    this.group =
        new ServerGroup(client, self, membership.times(), ticker, clock, new RoleListener());
    this.member = FencedClient.of(client, group.memberFence());
    String threads = "plinth-" + config.nodeName();
    this.roles = new ReconcileQueue(threads + "-server", 1);
    // Files of their own wait for what may never come: they must not keep add-ons waiting.
    this.fileLoops = new ReconcileQueue(threads + "-file", FILES_AT_ONCE);
    // Its own thread: all of the others may be waiting for an API server that has gone.
    this.watching = new ReconcileQueue(threads + "-watch", 1);
    this.board = new StatusBoard(threads + "-listener", listener, clock);
    LoopKeys keys = new LoopKeys();
    Consumer<String> setChanged = id -> keys.ofApplySet(id).ifPresent(this::wake);
    this.engine =
        new Engine(
            member,
            config,
            selection,
            version,
            clock,
            setChanged,
            name -> {
              keys.ofAddonResource(name).ifPresent(this::wake);
              addonChanged();
            },
            this::overlaysChanged);
    this.diagnosis = new Diagnosis(client, engine.requests(), setChanged);
    Surroundings surroundings =
        new Surroundings(engine, diagnosis, board, clock, config.nodeName(), group::isLive);
    this.apiServer =
        new ApiServerWatch(
            engine.api(), board, clock, () -> watching.wake(ApiServerWatch.KEY), this::renew);
    this.files =
        new UserFiles(
            FileSettings.of(config, staging.manifestsDirectory(), declarations::reserve),
            staging,
            fileLoops,
            keys,
            surroundings,
            threads + "-files");
    this.overlays =
        new OverlayFiles(
            OverlayFiles.directory(staging),
            () -> namesIn(selection),
            surroundings,
            new ClusterApi(member, OverlayMaps.fieldManager(config.nodeName())),
            roles,
            this::wakeAddon,
            threads + "-overlays");
    this.terms =
        new Terms(
            client,
            group,
            config,
            declarations,
            staging,
            keys,
            surroundings,
            version,
            threads + "-loop");
    this.role =
        new ServerRole(
            self,
            membership.times(),
            ticker,
            group,
            selection,
            new Packages(declarations, staging, surroundings),
            surroundings,
            new FollowerView(surroundings, declarations, staging),
            terms,
            files,
            overlays,
            () -> watching.add(ApiServerWatch.KEY, apiServer));
    roles.add(
        ServerStart.KEY,
        new ServerStart(
            new ApiServerGate(engine.api()),
            config,
            selection,
            group,
            role,
            membership.times().duration(),
            board));
  }

  /** Has the server look at its role whenever that may have changed. */
  private final class RoleListener implements ServerGroup.Listener {

    @Override
    public void membersChanged() {
      files.wakeAll();
      roles.wake(ServerStart.KEY);
      roles.wake(OverlayFiles.KEY);
    }

    @Override
    public void leadershipGained() {
      roles.wake(ServerStart.KEY);
    }

    @Override
    public void leadershipLost() {
      terms.abandon();
      roles.wake(ServerStart.KEY);
    }
  }

  /** The add-ons that some live server has. */
  private Set<String> namesIn(Selection own) {
    return Stream.concat(
            own.addons().stream().map(it -> it.addon().name()),
            group.live().stream().flatMap(it -> it.offers().stream()))
        .collect(toUnmodifiableSet());
  }

  private void overlaysChanged(String addon) {
    roles.wake(OverlayFiles.KEY);
    wakeAddon(addon);
  }

  private void wakeAddon(String addon) {
    terms.wake(LeaderTerm.keyOf(addon));
  }

  private void wake(String loop) {
    terms.wake(loop);
    fileLoops.wake(loop);
  }

  /** The leader's own loops hear of it by themselves. */
  private void addonChanged() {
    if (!group.leads()) {
      roles.wake(ServerStart.KEY);
    }
  }

  private void renew() throws InterruptedException {
    group.renew();
    engine.watchAnew();
    diagnosis.renew();
    terms.renew();
    files.wakeAll();
    roles.wake(ServerStart.KEY);
  }

  /** Which add-ons run in the cluster, by the will of all live servers. */
  public Selection selection() {
    return role.selection();
  }

  /** Whether this server leads now. */
  public boolean leads() {
    return group.leads();
  }

  /** The live servers, by node name. */
  public List<ServerStatus> servers() {
    Optional<ServerId> leader = group.leader();
    return group.live().stream()
        .map(
            it ->
                new ServerStatus(
                    it.id().nodeName(), it.version(), leader.filter(it.id()::equals).isPresent()))
        .toList();
  }

  public AddonReport status() {
    return board.report();
  }

  /** What a start with this configuration would do now; writes nothing. */
  public Plan plan() throws InterruptedException {
    return ServerPlanner.plan(client, config, role.selection(), clock);
  }

  /** Waits until all in the scope have settled; of files, as they are on disk now. */
  public AddonReport awaitReady(Duration timeout, Scope scope) throws InterruptedException {
    long begin = System.nanoTime();
    if (scope == Scope.ADDONS_AND_FILES) {
      files.look(timeout);
    }
    return board.await(timeout.minusNanos(System.nanoTime() - begin), scope);
  }

  /**
   * Ends everything in reverse order. Calling it again does nothing, but waits for the first call.
   *
   * @throws RuntimeException if a part did not end properly; all others have ended then
   */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    RuntimeException failure = null;
    for (Runnable part :
        List.<Runnable>of(
            files::close,
            overlays::close,
            roles::close,
            role::close,
            fileLoops::close,
            group::close,
            watching::close,
            apiServer::close,
            diagnosis::close,
            engine::close,
            member::close,
            board::close,
            lock::close)) {
      try {
        part.run();
      } catch (RuntimeException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
