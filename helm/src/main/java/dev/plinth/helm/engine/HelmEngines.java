package dev.plinth.helm.engine;

import static java.util.Objects.requireNonNull;

import dev.plinth.helm.engine.EngineChoice.Chosen;
import dev.plinth.helm.engine.EngineChoice.None;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The engines of a server. Nothing is loaded or looked for before an engine is asked for the first
 * time. What was decided then holds until {@link #close}, except that an engine which was not there
 * is looked for anew.
 */
public final class HelmEngines implements AutoCloseable {
  private final Settings settings;
  private final KubernetesClient client;
  private final InstantSource clock;
  private final Map<EngineKind, HelmEngine> open = new EnumMap<>(EngineKind.class);
  private WorkDirectory work;
  private boolean closed;

  /**
   * What engines need to know.
   *
   * @param workDirectory where operations have their files; the server's own
   * @param libraryDirectory where the Helm library has a file while it is loaded
   * @param helmCommand where the {@code helm} command is; empty: on the {@code PATH}
   * @param environment of this process
   */
  public record Settings(
      Path workDirectory,
      Path libraryDirectory,
      Optional<Path> helmCommand,
      Map<String, String> environment) {

    public Settings {
      requireNonNull(libraryDirectory, "libraryDirectory");
      requireNonNull(helmCommand, "helmCommand");
      environment = Map.copyOf(environment);
      // The library would take it for two files, or for a URL.
      if (workDirectory.toString().matches(".*[,%].*")) {
        throw new IllegalArgumentException(
            "The directory %s can not be used by Helm: expected a path without , and %%"
                .formatted(workDirectory));
      }
    }

    /** Settings for this process, with the library in the system's directory for such files. */
    public static Settings in(Path workDirectory) {
      return new Settings(
          workDirectory,
          Path.of(System.getProperty("java.io.tmpdir")),
          Optional.empty(),
          System.getenv());
    }

    public Settings withHelmCommand(Path command) {
      return new Settings(workDirectory, libraryDirectory, Optional.of(command), environment);
    }
  }

  /**
   * @param client whose rights and credentials Helm gets; stays open
   */
  public HelmEngines(KubernetesClient client, Settings settings, InstantSource clock) {
    this.client = requireNonNull(client, "client");
    this.settings = requireNonNull(settings, "settings");
    this.clock = requireNonNull(clock, "clock");
  }

  /**
   * The engine of a kind, or the other one if there is none of that kind here.
   *
   * @throws IllegalStateException after {@link #close}
   */
  public synchronized EngineChoice choose(EngineKind wanted) {
    if (closed) {
      throw new IllegalStateException("The Helm engines are closed");
    }
    List<String> missing = new ArrayList<>();
    EngineKind other = wanted == EngineKind.CLI ? EngineKind.IN_PROCESS : EngineKind.CLI;
    for (EngineKind kind : List.of(wanted, other)) {
      try {
        return new Chosen(engine(kind), missing);
      } catch (MissingException e) {
        missing.add("No %s engine: %s".formatted(kind.flag(), e.getMessage()));
      }
    }
    return new None(missing);
  }

  /** An engine that is not there. */
  private static final class MissingException extends Exception {
    private static final long serialVersionUID = 1L;

    MissingException(String message) {
      super(message);
    }
  }

  private HelmEngine engine(EngineKind kind) throws MissingException {
    HelmEngine engine = open.get(kind);
    if (engine == null) {
      try {
        if (work == null) {
          work = WorkDirectory.open(settings.workDirectory());
        }
        engine = new ReleaseEngine(runner(kind), ClusterAccess.of(client), work, clock);
      } catch (IOException e) {
        throw new MissingException("the directory %s: %s".formatted(settings.workDirectory(), e));
      }
      open.put(kind, engine);
    }
    return engine;
  }

  private HelmRunner runner(EngineKind kind) throws MissingException, IOException {
    try {
      return switch (kind) {
        case IN_PROCESS -> new InProcessRunner(NativeHelm.load(settings.libraryDirectory()));
        case CLI -> {
          HelmCommand command = HelmCommand.find(settings.helmCommand(), settings.environment());
          yield new CliRunner(
              new HelmProcesses(command.binary(), settings.environment()),
              command.version(),
              work.cache("helm-home"));
        }
      };
    } catch (NativeHelm.UnavailableException | HelmCommand.NotFoundException e) {
      throw new MissingException(e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MissingException("interrupted while asking helm for its version");
    }
  }

  /**
   * Closes all engines.
   *
   * @param patience how long to wait for running operations
   * @return what is still running: see {@link HelmEngine#close(Duration)}
   */
  public synchronized List<String> close(Duration patience) {
    closed = true;
    List<String> running = new ArrayList<>();
    open.values().forEach(engine -> running.addAll(engine.close(patience)));
    return running;
  }

  /** Closes, and waits for a minute at most. */
  @Override
  public void close() {
    close(Duration.ofMinutes(1));
  }
}
