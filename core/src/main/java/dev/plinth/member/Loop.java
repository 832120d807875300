package dev.plinth.member;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** One thread on which everything is decided, and some that wait for the API server. */
interface Loop extends AutoCloseable {

  /** Runs a task, after those before it. */
  void execute(Runnable task);

  /** Runs the loop's task in a while; takes the place of what was asked for before. */
  void wakeIn(Duration delay);

  /**
   * Sends a request beside the loop, and has the loop take its outcome in.
   *
   * @param request what may take its time
   * @param done is given its answer
   * @param failed is given what it threw
   */
  <T> void send(Supplier<T> request, Consumer<T> done, Consumer<RuntimeException> failed);

  /** Ends all threads; what was to be run is not. */
  @Override
  void close();
}
