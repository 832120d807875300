package dev.plinth.apply;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.function.Function;

/** Does one thing with each of many, side by side on a bounded executor, and keeps their order. */
public final class Concurrently {

  private final ExecutorService executor;

  /**
   * @param executor bounds the concurrency; stays its owner's. Must not be the one whose threads
   *     call this.
   */
  public Concurrently(ExecutorService executor) {
    this.executor = executor;
  }

  /**
   * Applies the function to all items.
   *
   * @return the results, in the order of the items
   * @throws RuntimeException the first one that the function threw, after all others have ended
   * @throws InterruptedException if interrupted; what is under way is interrupted too
   */
  public <T, R> List<R> map(Collection<T> items, Function<T, R> function)
      throws InterruptedException {
    if (items.size() == 1) {
      return List.of(function.apply(items.iterator().next()));
    }
    List<Callable<R>> calls = new ArrayList<>();
    items.forEach(it -> calls.add(() -> function.apply(it)));
    List<R> results = new ArrayList<>();
    for (Future<R> future : executor.invokeAll(calls)) {
      try {
        results.add(future.get());
      } catch (ExecutionException e) {
        if (e.getCause() instanceof RuntimeException failure) {
          throw failure;
        }
        throw new IllegalStateException(e.getCause());
      }
    }
    return results;
  }
}
