package dev.plinth.member;

import com.google.common.math.LongMath;
import dev.plinth.cluster.Labels;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import java.math.RoundingMode;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * Leases as this server writes them.
 *
 * @param id who holds them
 * @param times how long they last
 * @param clock for the times in them, which are for people
 */
record LeaseDraft(ServerId id, LeaseTimes times, InstantSource clock) {

  /** Annotation of a Lease that was released: who is to take it. */
  static final String PREFERRED_HOLDER = "plinth.dev/preferred-holder";

  private static final long MILLIS = 1000;

  /**
   * Taken, or renewed if it is held already.
   *
   * @param before what is replaced; empty if there is none
   */
  LeaseBuilder held(Optional<LeaseRecord> before, String name, String role) {
    LeaseBuilder draft = draft(before, name, role);
    ZonedDateTime now = nowUnlike(before);
    if (before.filter(it -> it.isHeldBy(id)).isEmpty()) {
      draft
          .editOrNewSpec()
          .withHolderIdentity(id.toString())
          .withAcquireTime(now)
          .withLeaseTransitions(before.map(it -> it.transitions() + 1).orElse(0))
          .endSpec();
    }
    return draft
        .editOrNewMetadata()
        .removeFromAnnotations(PREFERRED_HOLDER)
        .endMetadata()
        .editSpec()
        .withRenewTime(now)
        .withLeaseDurationSeconds(
            Math.toIntExact(
                LongMath.divide(times.duration().toMillis(), MILLIS, RoundingMode.CEILING)))
        .endSpec();
  }

  /** Held by nobody, for anybody to take, or for one first. */
  Lease released(LeaseRecord before, Optional<ServerId> preferred) {
    LeaseBuilder draft =
        before
            .edit()
            .editSpec()
            .withHolderIdentity(null)
            .withRenewTime(nowUnlike(Optional.of(before)))
            .endSpec()
            .editMetadata()
            .removeFromAnnotations(PREFERRED_HOLDER)
            .withManagedFields()
            .endMetadata();
    preferred.ifPresent(
        it -> draft.editMetadata().addToAnnotations(PREFERRED_HOLDER, it.toString()).endMetadata());
    return draft.build();
  }

  private static LeaseBuilder draft(Optional<LeaseRecord> before, String name, String role) {
    return before
        .map(LeaseRecord::edit)
        .orElseGet(LeaseBuilder::new)
        .editOrNewMetadata()
        .withName(name)
        .withNamespace(ApiLeases.NAMESPACE)
        .addToLabels(Labels.SERVER, role)
        .withManagedFields()
        .endMetadata();
  }

  /** Others see by this that it was renewed: it must change, also if the clock stands still. */
  private ZonedDateTime nowUnlike(Optional<LeaseRecord> before) {
    ZonedDateTime now = clock.instant().truncatedTo(ChronoUnit.MICROS).atZone(ZoneOffset.UTC);
    return before
            .flatMap(LeaseRecord::renewed)
            .filter(it -> it.toInstant().equals(now.toInstant()))
            .isPresent()
        ? now.plus(1, ChronoUnit.MICROS)
        : now;
  }
}
