package dev.plinth.member;

import com.google.common.base.Ticker;
import dev.plinth.cluster.Labels;
import dev.plinth.member.Leases.Answer;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The Lease by which this server announces itself. On the loop, once it has joined. */
final class MemberLease {

  static final String ROLE = "member";

  private static final Logger LOG = LoggerFactory.getLogger(MemberLease.class);

  private final Member self;
  private final String name;
  private final String announcement;
  private final LeaseDraft draft;
  private final Leases leases;
  private final Loop loop;
  private final Sightings sightings;
  private final LeaseWork work;
  private final LeaseFence fence;
  private final Ticker ticker;
  private final LeaseTimes times;
  private boolean announced;
  private Optional<Runnable> withdrawal = Optional.empty();
  private long sent;

  MemberLease(
      Member self,
      LeaseDraft draft,
      Leases leases,
      Loop loop,
      Sightings sightings,
      LeaseWork work,
      LeaseFence fence,
      Ticker ticker) {
    this.self = self;
    this.name = self.id().leaseName();
    this.announcement = Announcement.of(self);
    this.draft = draft;
    this.leases = leases;
    this.loop = loop;
    this.sightings = sightings;
    this.work = work;
    this.fence = fence;
    this.ticker = ticker;
    this.times = draft.times();
  }

  String name() {
    return name;
  }

  Lease wanted(Optional<LeaseRecord> before) {
    return draft
        .held(before, name, ROLE)
        .editMetadata()
        .addToAnnotations(Announcement.ANNOTATION, announcement)
        .endMetadata()
        .build();
  }

  /** From now on it is renewed. */
  void announced(LeaseRecord written, long at) {
    announced = true;
    sightings.take(written, ticker.read());
    renewed(at);
  }

  /**
   * Deletes it as soon as nothing else is on its way. The fence is closed at once.
   *
   * @param done run when it was deleted, could not be, or was not there
   */
  void withdraw(Runnable done) {
    announced = false;
    fence.close();
    withdrawal = Optional.of(done);
  }

  /**
   * Renews it if it is time, or somebody has changed or deleted it.
   *
   * @return how long until it is time
   */
  Duration tick() {
    if (withdrawal.isPresent() && !work.isBusy()) {
      delete(withdrawal.get());
    }
    if (!announced || work.isBusy()) {
      return times.renewEvery();
    }
    Optional<LeaseRecord> known = sightings.record(name);
    Duration every = known.filter(this::isOurs).isPresent() ? times.renewEvery() : times.retry();
    Duration left = work.notBefore(every.minusNanos(ticker.read() - sent));
    if (left.isZero()) {
      work.write(wanted(known), this::take);
    }
    return left.isZero() ? times.renewEvery() : left;
  }

  private void delete(Runnable done) {
    withdrawal = Optional.empty();
    Optional<LeaseRecord> known = sightings.record(name).filter(it -> it.isHeldBy(self.id()));
    if (known.isEmpty()) {
      done.run();
      return;
    }
    loop.send(
        () -> {
          leases.delete(known.get());
          return known;
        },
        deleted -> done.run(),
        error -> {
          LOG.debug("Lease {} is left to run out", name, error);
          done.run();
        });
  }

  private void take(Answer answer, long at) {
    long now = ticker.read();
    if (answer instanceof Answer.Written written) {
      sightings.take(written.now(), now);
      if (announced) {
        renewed(at);
      }
    } else if (answer instanceof Answer.Stale stale) {
      sightings.takeOrMiss(name, stale.now(), now);
    }
  }

  private void renewed(long at) {
    sent = at;
    fence.openFrom(at, times.renewDeadline());
  }

  private boolean isOurs(LeaseRecord lease) {
    return lease.isHeldBy(self.id())
        && lease.annotation(Announcement.ANNOTATION).filter(announcement::equals).isPresent()
        && lease.label(Labels.SERVER).filter(ROLE::equals).isPresent();
  }
}
