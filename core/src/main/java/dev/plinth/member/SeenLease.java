package dev.plinth.member;

import dev.plinth.cluster.NewestObjects;
import java.time.Duration;

/**
 * What this process has seen of a Lease.
 *
 * @param record as it was seen last
 * @param since when it was first seen to be held as it is, by the ticker, in nanoseconds
 * @param renewed whether it was seen to change, so that its holder was alive then
 * @param gone whether it was deleted
 */
record SeenLease(LeaseRecord record, long since, boolean renewed, boolean gone) {

  static SeenLease first(LeaseRecord record, long now) {
    return new SeenLease(record, now, false, false);
  }

  /** The same after another look; what is older than what is known is no news. */
  SeenLease and(LeaseRecord fresh, long now) {
    boolean known = fresh.version().equals(record.version()) && !gone;
    if (known || NewestObjects.isNewer(record.version(), fresh.version())) {
      return this;
    }
    return fresh.isUnchangedSince(record)
        ? new SeenLease(fresh, since, renewed, false)
        : new SeenLease(fresh, now, true, false);
  }

  /**
   * The same after its deletion was seen: whoever held it may not know so far.
   *
   * @param last the Lease that was deleted
   */
  SeenLease deleted(LeaseRecord last) {
    return last.uid().equals(record.uid()) ? new SeenLease(record, since, renewed, true) : this;
  }

  /** The same, seen for the first time now: before, nothing could be seen. */
  SeenLease anew(long now) {
    return new SeenLease(record, now, false, gone);
  }

  /** How long from now until its holder has had all the time to renew it; negative if it has. */
  Duration left(long now, Duration byDefault) {
    return record.duration(byDefault).minusNanos(now - since);
  }
}
