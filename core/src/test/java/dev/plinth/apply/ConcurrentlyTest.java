package dev.plinth.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ConcurrentlyTest {

  private final ExecutorService executor = Executors.newFixedThreadPool(2);
  private final Concurrently concurrently = new Concurrently(executor);

  @AfterEach
  void close() {
    executor.shutdownNow();
  }

  @Test
  void works_side_by_side_and_keeps_the_order() throws Exception {
    CyclicBarrier both = new CyclicBarrier(2);

    assertThat(
            concurrently.map(
                List.of(1, 2),
                it -> {
                  meet(both);
                  return it * 10;
                }))
        .containsExactly(10, 20);
  }

  @Test
  void works_on_nothing_and_on_one() throws Exception {
    assertThat(concurrently.map(List.<Integer>of(), it -> it)).isEmpty();
    Thread caller = Thread.currentThread();
    assertThat(concurrently.map(List.of(1), it -> Thread.currentThread())).containsExactly(caller);
  }

  @Test
  void a_failure_is_thrown_after_the_others_have_ended() {
    AtomicInteger ended = new AtomicInteger();

    assertThatThrownBy(
            () ->
                concurrently.map(
                    List.of(1, 2, 3, 4),
                    it -> {
                      if (it == 1) {
                        throw new IllegalArgumentException("one");
                      }
                      return ended.incrementAndGet();
                    }))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("one");
    assertThat(ended).hasValue(3);
  }

  @Test
  void interrupting_the_caller_interrupts_what_is_under_way() throws Exception {
    CountDownLatch underWay = new CountDownLatch(2);
    CountDownLatch interrupted = new CountDownLatch(2);
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread caller =
        new Thread(
            () -> {
              try {
                concurrently.map(List.of(1, 2), it -> hang(underWay, interrupted));
              } catch (InterruptedException e) {
                thrown.set(e);
              }
            });
    caller.start();
    underWay.await();
    caller.interrupt();
    caller.join();

    assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
    interrupted.await();
  }

  private static int hang(CountDownLatch underWay, CountDownLatch interrupted) {
    underWay.countDown();
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      interrupted.countDown();
    }
    return 0;
  }

  private static void meet(CyclicBarrier barrier) {
    try {
      barrier.await();
    } catch (InterruptedException | BrokenBarrierException e) {
      throw new IllegalStateException(e);
    }
  }
}
