package dev.plinth.lifecycle;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ReconcileQueueTest {

  private static final Optional<Duration> DONE = Optional.empty();
  private static final Optional<Duration> MUCH_LATER = Optional.of(Duration.ofDays(1));

  private final AtomicInteger rounds = new AtomicInteger();
  private final Semaphore ran = new Semaphore(0);

  private ReconcileQueue queue = new ReconcileQueue("test", 1);

  @AfterEach
  void close() {
    queue.close();
  }

  @Test
  void runs_a_task_when_added_and_whenever_woken() throws Exception {
    queue.add("a", () -> round(DONE));
    ran.acquire();

    queue.wake("a");
    ran.acquire();

    idle();
    assertThat(rounds).hasValue(2);
  }

  @Test
  void waking_what_is_not_there_does_nothing() throws Exception {
    queue.wake("nobody");

    idle();
    assertThat(rounds).hasValue(0);
  }

  @Test
  void many_wakes_during_a_round_are_one_round_after_it() throws Exception {
    CountDownLatch underWay = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    queue.add(
        "a",
        () -> {
          underWay.countDown();
          goOn.await();
          return round(DONE);
        });
    underWay.await();
    for (int i = 0; i < 100; i++) {
      queue.wake("a");
    }
    goOn.countDown();
    ran.acquire(2);

    idle();
    assertThat(rounds).hasValue(2);
  }

  @Test
  void many_wakes_before_a_round_are_that_round() throws Exception {
    CountDownLatch goOn = new CountDownLatch(1);
    queue.add(
        "only thread",
        () -> {
          goOn.await();
          return DONE;
        });
    queue.add("a", () -> round(DONE));
    for (int i = 0; i < 100; i++) {
      queue.wake("a");
    }
    goOn.countDown();
    ran.acquire();

    idle();
    assertThat(rounds).hasValue(1);
  }

  @Test
  void a_wake_does_not_wait_for_the_delay_and_replaces_it() throws Exception {
    queue.add("a", () -> round(rounds.get() == 0 ? MUCH_LATER : DONE));
    ran.acquire();
    idle();

    queue.wake("a");
    ran.acquire();

    idle();
    assertThat(rounds).hasValue(2);
  }

  @Test
  void a_second_task_of_a_name_is_not_taken() throws Exception {
    queue.add("a", () -> round(DONE));
    ran.acquire();
    queue.add("a", () -> MUCH_LATER);
    ran.acquire();

    idle();
    assertThat(rounds).hasValue(2);
  }

  @Test
  void a_task_runs_again_after_the_delay_it_asks_for() throws Exception {
    queue.add("a", () -> round(rounds.get() < 2 ? Optional.of(Duration.ofMillis(1)) : DONE));
    ran.acquire(3);

    idle();
    assertThat(rounds).hasValue(3);
  }

  @Test
  void one_task_is_never_run_by_two_threads_and_sees_what_it_did_before() throws Exception {
    queue.close();
    queue = new ReconcileQueue("test", 4);
    AtomicInteger atOnce = new AtomicInteger();
    AtomicBoolean overlapped = new AtomicBoolean();
    int[] plain = {0};
    queue.add(
        "a",
        () -> {
          overlapped.compareAndSet(false, atOnce.incrementAndGet() > 1);
          plain[0]++;
          atOnce.decrementAndGet();
          return round(DONE);
        });
    for (int i = 1; i <= 2000; i++) {
      queue.wake("a");
      queue.wake("a");
      ran.acquire();
    }
    queue.close();

    assertThat(overlapped).isFalse();
    assertThat(plain[0]).isEqualTo(rounds.get());
  }

  @Test
  void different_tasks_run_side_by_side() throws Exception {
    queue.close();
    queue = new ReconcileQueue("test", 2);
    CyclicBarrier both = new CyclicBarrier(2);
    for (String key : new String[] {"a", "b"}) {
      queue.add(
          key,
          () -> {
            meet(both);
            return round(DONE);
          });
    }

    assertThat(ran.tryAcquire(2, 20, SECONDS)).isTrue();
  }

  @Test
  void an_exception_does_not_end_a_task() throws Exception {
    retrySoon();
    queue.add("a", () -> failOnce(new IllegalStateException("a defect, on purpose")));

    ran.acquire(2);
  }

  @Test
  void an_error_of_code_that_does_not_fit_the_class_path_does_not_end_a_task() throws Exception {
    retrySoon();
    queue.add("a", () -> failOnce(new NoSuchMethodError("an old library, on purpose")));

    ran.acquire(2);
  }

  @Test
  void an_interruption_that_is_not_the_end_does_not_end_a_task() throws Exception {
    retrySoon();
    queue.add(
        "a",
        () -> {
          round(DONE);
          if (rounds.get() == 1) {
            throw new InterruptedException("not by the queue");
          }
          return DONE;
        });

    ran.acquire(2);
  }

  @Test
  void closing_interrupts_what_runs_and_waits_for_its_end() throws Exception {
    CountDownLatch underWay = new CountDownLatch(1);
    AtomicBoolean interrupted = new AtomicBoolean();
    queue.add(
        "a",
        () -> {
          underWay.countDown();
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            interrupted.set(true);
            throw e;
          }
          return DONE;
        });
    underWay.await();

    queue.close();

    assertThat(interrupted).isTrue();
  }

  @Test
  void nothing_runs_after_the_end_whatever_is_asked_for() throws Exception {
    queue.add("a", () -> round(Optional.of(Duration.ofMillis(1))));
    ran.acquire();
    queue.close();
    int before = rounds.get();

    queue.wake("a");
    queue.add("b", () -> round(DONE));
    queue.close();

    assertThat(rounds).hasValue(before);
  }

  private Optional<Duration> round(Optional<Duration> next) {
    rounds.incrementAndGet();
    ran.release();
    return next;
  }

  private Optional<Duration> failOnce(Throwable failure) {
    round(DONE);
    if (rounds.get() == 1 && failure instanceof RuntimeException e) {
      throw e;
    } else if (rounds.get() == 1 && failure instanceof Error e) {
      throw e;
    }
    return DONE;
  }

  @Test
  void what_is_removed_is_interrupted_and_not_run_again() throws Exception {
    CountDownLatch underWay = new CountDownLatch(1);
    AtomicBoolean interrupted = new AtomicBoolean();
    queue.add(
        "a",
        () -> {
          rounds.incrementAndGet();
          underWay.countDown();
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            interrupted.set(true);
            throw e;
          }
          return DONE;
        });
    underWay.await();
    queue.wake("a");

    queue.remove("a");

    assertThat(interrupted).isTrue();
    queue.wake("a");
    idle();
    assertThat(rounds).hasValue(1);
  }

  @Test
  void another_task_may_have_the_name_of_a_removed_one_and_is_not_interrupted() throws Exception {
    queue.add("a", () -> MUCH_LATER);
    idle();
    queue.remove("a");

    queue.add(
        "a",
        () -> {
          assertThat(Thread.currentThread().isInterrupted()).isFalse();
          return round(DONE);
        });

    ran.acquire();
    idle();
    assertThat(rounds).hasValue(1);
  }

  @Test
  void removing_what_is_not_there_does_nothing() {
    queue.remove("nobody");
  }

  private void retrySoon() {
    queue.close();
    queue = new ReconcileQueue("test", 1, Duration.ofMillis(1));
  }

  /**
   * Returns when the one thread of the queue has nothing to do: what a round leaves behind is
   * queued before the second of two tasks that come after it.
   */
  private void idle() throws InterruptedException {
    for (int i = 0; i < 2; i++) {
      CountDownLatch reached = new CountDownLatch(1);
      queue.add(
          "fence " + UUID.randomUUID(),
          () -> {
            reached.countDown();
            return DONE;
          });
      reached.await();
    }
  }

  private static void meet(CyclicBarrier barrier) throws InterruptedException {
    try {
      barrier.await();
    } catch (BrokenBarrierException e) {
      throw new IllegalStateException(e);
    }
  }
}
