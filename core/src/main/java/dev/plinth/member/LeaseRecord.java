package dev.plinth.member;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.util.Map;
import java.util.Optional;

/**
 * A Lease as the API server has it.
 *
 * @param lease is not changed
 */
record LeaseRecord(Lease lease) {

  String name() {
    return lease.getMetadata().getName();
  }

  String uid() {
    return lease.getMetadata().getUid();
  }

  String version() {
    return lease.getMetadata().getResourceVersion();
  }

  /** Empty if it was released. */
  Optional<String> holder() {
    return spec().map(LeaseSpec::getHolderIdentity).filter(it -> !it.isEmpty());
  }

  boolean isHeldBy(ServerId id) {
    return holder().filter(id.toString()::equals).isPresent();
  }

  /** How long it lasts; the default if it does not say, or what nobody would wait for. */
  Duration duration(Duration byDefault) {
    return spec()
        .map(LeaseSpec::getLeaseDurationSeconds)
        .filter(it -> it > 0 && it <= LeaseTimes.LONGEST.toSeconds())
        .map(Duration::ofSeconds)
        .orElse(byDefault);
  }

  Optional<ZonedDateTime> renewed() {
    return spec().map(LeaseSpec::getRenewTime);
  }

  /** How often it has changed hands. */
  int transitions() {
    return spec().map(LeaseSpec::getLeaseTransitions).orElse(0);
  }

  Optional<String> annotation(String key) {
    return metadataOf(lease.getMetadata().getAnnotations(), key);
  }

  Optional<String> label(String key) {
    return metadataOf(lease.getMetadata().getLabels(), key);
  }

  /** Whether nobody has renewed, taken or made it anew from then to now. */
  boolean isUnchangedSince(LeaseRecord then) {
    return uid().equals(then.uid()) && spec().equals(then.spec());
  }

  LeaseBuilder edit() {
    return new LeaseBuilder(lease);
  }

  private Optional<LeaseSpec> spec() {
    return Optional.ofNullable(lease.getSpec());
  }

  private static Optional<String> metadataOf(Map<String, String> map, String key) {
    return Optional.ofNullable(map).map(it -> it.get(key));
  }
}
