package dev.plinth.examples.server;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Turns Ctrl-C and SIGTERM into an interrupt of the main thread, which then ends in the ordinary
 * way: what it opened it closes, and the exit code is the one it returns. Left to itself, the JVM
 * would end with 130 or 143 while the main thread is still at work.
 */
final class StopSignal {

  /** What a clean stop may take. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final CompletableFuture<Integer> exitCode = new CompletableFuture<>();

  private StopSignal() {}

  /** From now on, a signal interrupts the calling thread. */
  static StopSignal interrupting(Thread main) {
    StopSignal signal = new StopSignal();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> signal.stop(main), "stop"));
    return signal;
  }

  /** Ends the process with this code, however its end began. Does not return. */
  void exit(int code) {
    exitCode.complete(code);
    System.exit(code);
  }

  private void stop(Thread main) {
    if (exitCode.isDone()) {
      return; // the main thread ends the process itself
    }
    main.interrupt();
    try {
      Runtime.getRuntime().halt(exitCode.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      Runtime.getRuntime().halt(ExitCode.NOT_READY);
    }
  }
}
