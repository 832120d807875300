package dev.plinth.member;

import com.google.common.base.Ticker;
import dev.plinth.member.Leases.Answer;
import java.time.Duration;
import java.util.Optional;

/** The Lease that says who leads: taken when it is free, renewed while it is held. On the loop. */
final class LeaderLease {

  static final String NAME = "plinth";
  static final String ROLE = "leader";

  private final ServerId self;
  private final LeaseDraft draft;
  private final Sightings sightings;
  private final LeaseWork work;
  private final LeaseFence fence;
  private final Ticker ticker;
  private final LeaseTimes times;
  private boolean standing;

  /** Whether this process has taken it: that its own name stands in it may be of an earlier one. */
  private boolean taken;

  private long sent;
  private Optional<Release> release = Optional.empty();

  LeaderLease(
      LeaseDraft draft, Sightings sightings, LeaseWork work, LeaseFence fence, Ticker ticker) {
    this.self = draft.id();
    this.draft = draft;
    this.sightings = sightings;
    this.work = work;
    this.fence = fence;
    this.ticker = ticker;
    this.times = draft.times();
  }

  /** Whom it is to be left to, and what to do then. */
  private record Release(Optional<ServerId> to, Runnable done) {}

  /**
   * What the decision to take it rests on.
   *
   * @param best whether nobody who is alive should rather lead
   * @param seeing whether the API server has been in reach, so that not to have seen a renewal says
   *     something
   */
  record Chances(boolean best, boolean seeing) {}

  /** From now on it is taken when it is free. */
  void stand() {
    standing = true;
  }

  /** From now on it is not. */
  void withdraw() {
    standing = false;
  }

  /** Whether it is this server's, as far as is known: the fence tells whether that still holds. */
  boolean isHeld() {
    return taken
        && release.isEmpty()
        && sightings.record(NAME).filter(it -> it.isHeldBy(self)).isPresent();
  }

  /**
   * Releases it as soon as nothing else is on its way. The fence is closed at once.
   *
   * @param to who may take it first
   * @param done run when it was released, could not be, or was not held
   */
  void release(Optional<ServerId> to, Runnable done) {
    fence.close();
    release = Optional.of(new Release(to, done));
  }

  /**
   * Takes, renews or releases it if it is time.
   *
   * @return how long until it may be
   */
  Duration tick(Chances chances) {
    if (!isHeld()) {
      // Before it is told: what was lost must not be written for any more.
      fence.close();
    }
    if (work.isBusy()) {
      return times.renewEvery();
    }
    if (release.isPresent()) {
      finish(release.get());
      return times.renewEvery();
    }
    if (!standing) {
      return times.renewEvery();
    }
    long now = ticker.read();
    Duration left = work.notBefore(isHeld() ? untilRenewal(now) : untilFree(chances, now));
    if (left.isZero()) {
      work.write(draft.held(sightings.record(NAME), NAME, ROLE).build(), this::take);
      return times.renewEvery();
    }
    return left;
  }

  private Duration untilRenewal(long now) {
    return fence.holds() ? times.renewEvery().minusNanos(now - sent) : Duration.ZERO;
  }

  private Duration untilFree(Chances chances, long now) {
    Optional<SeenLease> seen = sightings.find(NAME);
    if (seen.isEmpty() || seen.get().record().isHeldBy(self)) {
      return Duration.ZERO;
    }
    LeaseRecord record = seen.get().record();
    if (record.holder().isEmpty()) {
      boolean first =
          record
              .annotation(LeaseDraft.PREFERRED_HOLDER)
              .map(self.toString()::equals)
              .orElse(chances.best());
      return first ? Duration.ZERO : times.retry().minusNanos(now - seen.get().since());
    }
    if (!chances.seeing()) {
      return times.retry();
    }
    // Also if it was deleted: its holder may not know that so far. And who should lead goes first,
    // for another one would only have to hand over.
    Duration courtesy = chances.best() ? Duration.ZERO : times.retry();
    return seen.get().left(now, times.duration()).plus(courtesy);
  }

  private void take(Answer answer, long at) {
    if (answer instanceof Answer.Written written) {
      sightings.take(written.now(), ticker.read());
      taken = true;
      sent = at;
      if (isHeld()) {
        fence.openFrom(at, times.renewDeadline());
      }
    } else if (answer instanceof Answer.Stale stale) {
      sightings.takeOrMiss(NAME, stale.now(), ticker.read());
    }
  }

  private void finish(Release wanted) {
    Optional<LeaseRecord> ours = sightings.record(NAME).filter(it -> it.isHeldBy(self));
    if (ours.isEmpty()) {
      released(wanted);
      return;
    }
    work.write(
        draft.released(ours.get(), wanted.to()),
        (answer, at) -> {
          take(answer, at);
          if (answer instanceof Answer.Written) {
            released(wanted);
          }
        },
        () -> released(wanted));
  }

  private void released(Release wanted) {
    taken = false;
    release = Optional.empty();
    wanted.done().run();
  }
}
