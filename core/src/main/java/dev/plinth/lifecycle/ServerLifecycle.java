package dev.plinth.lifecycle;

import dev.plinth.addon.Selection;
import dev.plinth.config.ServerConfig;
import dev.plinth.diagnosis.Diagnosis;
import dev.plinth.manifest.ManifestStaging;
import dev.plinth.plan.Plan;
import dev.plinth.report.AddonReport;
import dev.plinth.report.PlinthListener;
import dev.plinth.report.Scope;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;

/**
 * The parts of one server, from start to close. Not API: hosts use {@link dev.plinth.PlinthServer}.
 */
public final class ServerLifecycle implements AutoCloseable {

  private static final int FILES_AT_ONCE = 16;

  private final KubernetesClient client;
  private final ServerConfig config;
  private final InstantSource clock;
  private final Selection selection;
  private final DataDirectoryLock lock;
  private final ReconcileQueue starting;
  private final ReconcileQueue fileLoops;
  private final ReconcileQueue watching;
  private final StatusBoard board;
  private final Engine engine;
  private final Diagnosis diagnosis;
  private final ApiServerWatch apiServer;
  private final UserFiles files;
  private final ServerStart start;
  private boolean closed;

  /**
   * Starts; returns as soon as work is under way.
   *
   * @throws DataDirectoryInUseException if another live server has the data directory
   * @throws RuntimeException if an enabled add-on's manifests cannot be rendered
   */
  public static ServerLifecycle start(
      KubernetesClient client,
      ServerConfig config,
      Selection selection,
      PlinthListener listener,
      InstantSource clock) {
    ManifestStaging staging = new ManifestStaging(config.dataDir());
    Declarations declarations = new Declarations(selection, config, staging);
    DataDirectoryLock lock = DataDirectoryLock.acquire(config.dataDir());
    try {
      ServerLifecycle server =
          new ServerLifecycle(
              client, config, selection, staging, declarations, lock, listener, clock);
      server.starting.add(ServerStart.KEY, server.start);
      return server;
    } catch (RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  private ServerLifecycle(
      KubernetesClient client,
      ServerConfig config,
      Selection selection,
      ManifestStaging staging,
      Declarations declarations,
      DataDirectoryLock lock,
      PlinthListener listener,
      InstantSource clock) {
    this.client = client;
    this.config = config;
    this.clock = clock;
    this.selection = selection;
    this.lock = lock;
    String threads = "plinth-" + config.nodeName();
    this.starting = new ReconcileQueue(threads + "-server", 1);
    // Files of their own wait for what may never come: they must not keep add-ons waiting.
    this.fileLoops = new ReconcileQueue(threads + "-file", FILES_AT_ONCE);
    // Its own thread: all of the others may be waiting for an API server that has gone.
    this.watching = new ReconcileQueue(threads + "-watch", 1);
    this.board = new StatusBoard(threads + "-listener", listener, clock);
    LoopKeys keys = new LoopKeys();
    Consumer<String> wake =
        key -> {
          wakeAddon(key);
          fileLoops.wake(key);
        };
    Consumer<String> setChanged = id -> keys.ofApplySet(id).ifPresent(wake);
    this.engine =
        new Engine(
            client,
            config,
            selection,
            clock,
            setChanged,
            name -> keys.ofAddonResource(name).ifPresent(wake));
    this.diagnosis = new Diagnosis(client, engine.requests(), setChanged);
    Surroundings surroundings =
        new Surroundings(engine, diagnosis, board, clock, config.nodeName());
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
    this.start =
        new ServerStart(
            client,
            config,
            selection,
            staging,
            declarations,
            keys,
            surroundings,
            files,
            threads + "-loop",
            () -> watching.add(ApiServerWatch.KEY, apiServer));
  }

  private void wakeAddon(String loop) {
    start.wake(loop);
  }

  private void renew() throws InterruptedException {
    engine.watchAnew();
    diagnosis.renew();
    start.renew();
  }

  public Selection selection() {
    return selection;
  }

  public AddonReport status() {
    return board.report();
  }

  /** What a start with this configuration would do now; writes nothing. */
  public Plan plan() throws InterruptedException {
    return ServerPlanner.plan(client, config, selection, clock);
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
            starting::close,
            fileLoops::close,
            watching::close,
            apiServer::close,
            start::close,
            diagnosis::close,
            engine::close,
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
