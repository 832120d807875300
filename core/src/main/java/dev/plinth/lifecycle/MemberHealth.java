package dev.plinth.lifecycle;

import dev.plinth.cluster.ObservedObject;
import dev.plinth.health.Health;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The health of some objects together.
 *
 * @param total how many there are
 * @param ready how many of them are healthy
 * @param worst the one that is in the way most: failed before on the way
 */
record MemberHealth(int total, int ready, Optional<ObservedObject> worst) {

  static MemberHealth of(List<ObservedObject> members) {
    List<ObservedObject> unhealthy =
        members.stream().filter(it -> it.health().state() != Health.State.CURRENT).toList();
    return new MemberHealth(
        members.size(),
        members.size() - unhealthy.size(),
        unhealthy.stream()
            .min(
                Comparator.comparing((ObservedObject it) -> !isFailed(it))
                    .thenComparing(ObservedObject::describe)));
  }

  boolean failed() {
    return worst.filter(MemberHealth::isFailed).isPresent();
  }

  /** Why not all are healthy. */
  Optional<String> problem() {
    return worst.map(it -> it.describe() + ": " + it.health().message());
  }

  private static boolean isFailed(ObservedObject object) {
    return object.health().state() == Health.State.FAILED;
  }
}
