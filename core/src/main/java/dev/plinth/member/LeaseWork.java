package dev.plinth.member;

import com.google.common.base.Ticker;
import dev.plinth.member.Leases.Answer;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import java.time.Duration;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The writes of one Lease, one after the other, with a pause after those that failed. On the loop.
 */
final class LeaseWork {

  private static final Logger LOG = LoggerFactory.getLogger(LeaseWork.class);

  /** Who loses this often in a row fights with somebody. */
  private static final int MOST_STALE = 3;

  private final Leases leases;
  private final Loop loop;
  private final Ticker ticker;
  private final LeaseTimes times;
  private final LongConsumer contact;
  private final Runnable afterwards;
  private boolean busy;
  private int stale;
  private int failures;
  private long notBefore;

  /**
   * @param contact is told when a request was sent that was answered
   * @param afterwards run after every outcome
   */
  LeaseWork(
      Leases leases,
      Loop loop,
      Ticker ticker,
      LeaseTimes times,
      LongConsumer contact,
      Runnable afterwards) {
    this.leases = leases;
    this.loop = loop;
    this.ticker = ticker;
    this.times = times;
    this.contact = contact;
    this.afterwards = afterwards;
    this.notBefore = ticker.read();
  }

  /** Is given what became of a write. */
  @FunctionalInterface
  interface Outcome {

    /**
     * @param sent when the write was sent, by the ticker
     */
    void of(Answer answer, long sent);
  }

  /** Whether an answer is waited for; {@code afterwards} is run when it is there. */
  boolean isBusy() {
    return busy;
  }

  /** Of a time that is left and the pause after a failure, the longer one; not negative. */
  Duration notBefore(Duration left) {
    Duration pause = Duration.ofNanos(Math.max(0, notBefore - ticker.read()));
    return left.compareTo(pause) > 0 ? left : pause;
  }

  void write(Lease wanted, Outcome outcome) {
    write(wanted, outcome, () -> {});
  }

  /**
   * @param failed run if it failed, or is not known to have been done
   */
  void write(Lease wanted, Outcome outcome, Runnable failed) {
    busy = true;
    long sent = ticker.read();
    loop.send(
        () -> leases.write(wanted),
        answer -> {
          busy = false;
          failures = 0;
          contact.accept(sent);
          stale = answer instanceof Answer.Stale ? stale + 1 : 0;
          notBefore = ticker.read() + (stale < MOST_STALE ? 0 : times.retry().toNanos());
          outcome.of(answer, sent);
          afterwards.run();
        },
        error -> {
          busy = false;
          notBefore = ticker.read() + times.retry().toNanos();
          // Once, not for as long as an outage lasts: whoever watches the API server tells of it.
          if (failures++ == 0) {
            LOG.warn("Lease {}: {}", wanted.getMetadata().getName(), error.getMessage());
          }
          failed.run();
          afterwards.run();
        });
  }
}
