package dev.plinth.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.addon.AddonCatalog;
import dev.plinth.addon.Selection;
import dev.plinth.config.ServerConfig;
import dev.plinth.controlplane.ControlPlane;
import dev.plinth.controlplane.Mark;
import dev.plinth.controlplane.Requests;
import dev.plinth.diagnosis.Diagnosis;
import dev.plinth.manifest.ManifestStaging;
import dev.plinth.report.AddonReport;
import dev.plinth.report.AddonStatus;
import dev.plinth.report.PlinthListener;
import dev.plinth.report.Scope;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Servers of one cluster, each with a manifests directory of its own, and with that part only which
 * is about users' files: who of them lives is as the test says.
 */
final class FileServers implements AutoCloseable {

  static final Duration PATIENCE = Duration.ofSeconds(30);

  private final ControlPlane controlPlane;
  private final Path directory;
  private final String run = UUID.randomUUID().toString();
  private final Set<String> live = ConcurrentHashMap.newKeySet();
  private final Map<String, Running> running = new ConcurrentHashMap<>();

  FileServers(ControlPlane controlPlane, Path directory) {
    this.controlPlane = controlPlane;
    this.directory = directory;
  }

  /** Starts a server, from what its directory holds. */
  Running start(String node) throws InterruptedException {
    return start(node, config -> config);
  }

  Running start(String node, UnaryOperator<ServerConfig.Builder> options)
      throws InterruptedException {
    Running server =
        new Running(
            node,
            options
                .apply(ServerConfig.builder().nodeName(node).dataDir(directory.resolve(node)))
                .build());
    running.put(node, server);
    live.add(node);
    wakeAll();
    server.begin();
    return server;
  }

  /** Others are to know that a server that does not run any more has gone. */
  void expire(String node) {
    live.remove(node);
    wakeAll();
  }

  /** Writes a file on a server, as editors do, whether or not that runs. */
  void write(String node, String file, String content) throws IOException {
    Path path = manifests(node).resolve(file);
    Files.createDirectories(path.getParent());
    Path temporary = Files.writeString(path.resolveSibling("." + path.getFileName()), content);
    Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE);
  }

  void delete(String node, String file) throws IOException {
    Files.delete(manifests(node).resolve(file));
  }

  Path manifests(String node) {
    return directory.resolve(node).resolve("server/manifests");
  }

  /** What a server has asked for since. */
  Requests requests(String node, Mark since) {
    return controlPlane.requestsSince(since).username(user(node));
  }

  @Override
  public void close() {
    running.values().forEach(Running::kill);
  }

  private String user(String node) {
    return node + "-" + run;
  }

  private void wakeAll() {
    Collection<Running> all = running.values();
    all.forEach(it -> it.files.wakeAll());
  }

  /** A server. */
  final class Running implements AutoCloseable {

    private final String node;
    private final KubernetesClient client;
    private final ReconcileQueue queue;
    private final StatusBoard board;
    private final Engine engine;
    private final Diagnosis diagnosis;
    private final UserFiles files;

    private Running(String node, ServerConfig config) {
      this.node = node;
      client = controlPlane.clientFor(user(node), "system:masters");
      InstantSource clock = InstantSource.system();
      LoopKeys keys = new LoopKeys();
      queue = new ReconcileQueue("test-" + node + "-file", 4);
      board = new StatusBoard("test-listener", new PlinthListener() {}, clock);
      board.moreToCome();
      board.allKnown();
      Consumer<String> setChanged = id -> keys.ofApplySet(id).ifPresent(queue::wake);
      engine =
          new Engine(
              client,
              config,
              Selection.of(AddonCatalog.of(), config),
              clock,
              setChanged,
              name -> keys.ofAddonResource(name).ifPresent(queue::wake));
      diagnosis = new Diagnosis(client, engine.requests(), setChanged);
      ManifestStaging staging = new ManifestStaging(config.dataDir());
      files =
          new UserFiles(
              FileSettings.of(config, staging.manifestsDirectory(), name -> false),
              staging,
              queue,
              keys,
              new Surroundings(engine, diagnosis, board, clock, node, live::contains),
              "test-" + node + "-watch");
    }

    private void begin() throws InterruptedException {
      try {
        Files.createDirectories(manifests(node));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      engine.definitions().ensureAddons();
      engine.watchAddons();
      files.start();
    }

    /** Where a file stands once all have settled. */
    AddonStatus status(String file) throws InterruptedException {
      AddonReport report = settled();
      assertThat(report.file(file)).as(report.toString()).isPresent();
      return report.file(file).orElseThrow();
    }

    /** Where all files stand once all have settled. */
    AddonReport settled() throws InterruptedException {
      files.look(PATIENCE);
      return board.await(PATIENCE, Scope.ADDONS_AND_FILES);
    }

    /** Where a file stands now: reason and message. */
    String now(String file) {
      return board.report().file(file).map(AddonStatus::toString).orElse("");
    }

    /** Ends it; others know at once. */
    @Override
    public void close() {
      kill();
      expire(node);
    }

    /** Ends it; others take it for living. */
    void kill() {
      if (running.remove(node, this)) {
        files.close();
        queue.close();
        diagnosis.close();
        engine.close();
        board.close();
        client.close();
      }
    }
  }
}
