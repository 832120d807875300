package dev.plinth.member;

import com.google.common.base.Ticker;
import java.time.Duration;

/** Open from each renewal of a Lease for a time, by the ticker; closed at first. */
final class LeaseFence implements Fence {

  private final Ticker ticker;
  private volatile Deadline deadline;

  LeaseFence(Ticker ticker) {
    this.ticker = ticker;
    close();
  }

  private record Deadline(boolean open, long nanos) {}

  @Override
  public boolean holds() {
    return !left().isZero();
  }

  /** How long it stays open without another renewal; zero if it is closed. */
  Duration left() {
    Deadline now = deadline;
    long left = now.nanos() - ticker.read();
    return now.open() && left > 0 ? Duration.ofNanos(left) : Duration.ZERO;
  }

  /**
   * @param sent when the renewal was sent; when it was answered says nothing about when others saw
   *     it
   * @param time for how long from then it is open
   */
  void openFrom(long sent, Duration time) {
    deadline = new Deadline(true, sent + time.toNanos());
  }

  void close() {
    deadline = new Deadline(false, 0);
  }
}
