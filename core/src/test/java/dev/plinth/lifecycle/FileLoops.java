package dev.plinth.lifecycle;

import dev.plinth.FakeClock;
import dev.plinth.addon.AddonCatalog;
import dev.plinth.addon.Selection;
import dev.plinth.apply.DeleteRules;
import dev.plinth.config.ServerConfig;
import dev.plinth.deploy.DeclaredManifest;
import dev.plinth.diagnosis.Diagnosis;
import dev.plinth.lifecycle.ManifestRound.Outcome;
import dev.plinth.manifest.ManifestException;
import dev.plinth.report.PlinthListener;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Manifests with a loop each, as a server runs those of users, and without files: what is tested is
 * what becomes of them in the cluster. A loop whose round did not succeed runs again when it is
 * woken, and otherwise only after a time that no test waits for.
 */
final class FileLoops implements AutoCloseable {

  private static final Duration MUCH_LATER = Duration.ofMinutes(5);

  private final Map<String, DeclaredManifest> manifests = new ConcurrentHashMap<>();
  private final Map<String, Outcome> outcomes = new ConcurrentHashMap<>();
  private final LoopKeys keys = new LoopKeys();
  private final ReconcileQueue queue = new ReconcileQueue("test-loop", 4);
  private final StatusBoard board;
  private final Engine engine;
  private final Diagnosis diagnosis;
  private final ManifestRound round;

  /** Starts with these files, all of which are there from the beginning. */
  static FileLoops start(KubernetesClient client, DeclaredManifest... files) throws Exception {
    FileLoops loops = new FileLoops(client);
    loops.engine.definitions().ensureAddons();
    loops.engine.watchAddons();
    for (DeclaredManifest file : files) {
      loops.announce(file);
    }
    loops.engine.claims().complete();
    for (DeclaredManifest file : files) {
      loops.put(file);
    }
    return loops;
  }

  private FileLoops(KubernetesClient client) {
    ServerConfig config = ServerConfig.builder().nodeName("n1").dataDir(Path.of("none")).build();
    FakeClock clock = new FakeClock();
    Consumer<String> setChanged = id -> keys.ofApplySet(id).ifPresent(queue::wake);
    board = new StatusBoard("test-listener", new PlinthListener() {}, clock);
    engine =
        new Engine(
            client,
            config,
            Selection.of(AddonCatalog.of(), config),
            clock,
            setChanged,
            name -> keys.ofAddonResource(name).ifPresent(queue::wake));
    diagnosis = new Diagnosis(client, engine.requests(), setChanged);
    round = new ManifestRound(new Surroundings(engine, diagnosis, board, clock, "n1"));
  }

  /** A user's file of this name, as it lies in /manifests. */
  static DeclaredManifest file(String name, String content) {
    return new DeclaredManifest(name, Optional.empty(), "/manifests/" + name + ".yaml", content);
  }

  /** A file is new or has another content. */
  void put(DeclaredManifest file) {
    manifests.put(file.name(), file);
    keys.put(file.membership(), file.name());
    queue.add(file.name(), () -> run(file.name()));
  }

  /** A file has gone; its objects stay. */
  void remove(DeclaredManifest file) {
    manifests.remove(file.name());
    round.end(file.membership());
  }

  /** What the last round about a file came to. */
  Optional<Outcome> outcome(String name) {
    return Optional.ofNullable(outcomes.get(name));
  }

  /** State, reason and message of the last round about a file; empty if there was none. */
  String verdict(String name) {
    return outcome(name).map(it -> it.verdict().toString()).orElse("");
  }

  Map<String, Outcome> outcomes() {
    return new LinkedHashMap<>(outcomes);
  }

  @Override
  public void close() {
    queue.close();
    diagnosis.close();
    engine.close();
    board.close();
  }

  private void announce(DeclaredManifest file) {
    try {
      engine.manifests().announce(file);
    } catch (ManifestException e) {
      // Told by its round.
    }
  }

  private Optional<Duration> run(String name) throws InterruptedException {
    DeclaredManifest file = manifests.get(name);
    if (file == null) {
      return Optional.empty();
    }
    Outcome outcome = round.run(file, new DeleteRules(false));
    outcomes.put(name, outcome);
    return outcome.retry() ? Optional.of(MUCH_LATER) : Optional.empty();
  }
}
