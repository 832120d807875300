package dev.plinth.testkit.crash;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.client.KubernetesClient;

/**
 * What a program does, given as functions so that it can be any program.
 *
 * <pre>{@code
 * new CrashScenario(
 *     "disable",
 *     () -> { removeEverything(); runServer(adminClient); },
 *     client -> runServer(client, "--disable", "example"),
 *     () -> Snapshot.ofCluster(adminClient) + Snapshot.ofDirectory(dataDir));
 * }</pre>
 *
 * @param name how the report calls it
 * @param situation brings about, from whatever an earlier run has left, the state that the process
 *     starts in
 * @param process starts the program with this client, waits until its work is done, and ends it. It
 *     is interrupted at the crash, and must then end the program and return or throw; what it
 *     throws then plays no role.
 * @param state the state that counts, as text without anything that differs between two runs
 */
public record CrashScenario(String name, Step situation, Process process, State state) {

  public CrashScenario {
    requireNonNull(name, "name");
    requireNonNull(situation, "situation");
    requireNonNull(process, "process");
    requireNonNull(state, "state");
  }

  /** Something that is done. */
  @FunctionalInterface
  public interface Step {
    void run() throws Exception;
  }

  /** A program from its start to its end. */
  @FunctionalInterface
  public interface Process {
    void run(KubernetesClient client) throws Exception;
  }

  /** A look at the result. */
  @FunctionalInterface
  public interface State {
    String look() throws Exception;
  }
}
