package dev.plinth.lifecycle;

import dev.plinth.cluster.ObservedObject;
import dev.plinth.deploy.Enumeration;
import dev.plinth.diagnosis.Cause;
import dev.plinth.health.Health;
import dev.plinth.report.AddonState;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The health of some objects together.
 *
 * @param total how many there are
 * @param unhealthy those that are not healthy, the failed ones first
 */
record MemberHealth(int total, List<ObservedObject> unhealthy) {

  private static final Comparator<ObservedObject> WORST_FIRST =
      Comparator.comparing((ObservedObject it) -> !isFailed(it))
          .thenComparing(ObservedObject::describe);

  static MemberHealth of(List<ObservedObject> members) {
    return new MemberHealth(
        members.size(),
        members.stream()
            .filter(it -> it.health().state() != Health.State.CURRENT)
            .sorted(WORST_FIRST)
            .toList());
  }

  /** The health of the objects of all of these. */
  static MemberHealth together(Stream<MemberHealth> parts) {
    List<MemberHealth> all = parts.toList();
    return new MemberHealth(
        all.stream().mapToInt(MemberHealth::total).sum(),
        all.stream().flatMap(it -> it.unhealthy().stream()).sorted(WORST_FIRST).toList());
  }

  int ready() {
    return total - unhealthy.size();
  }

  /** The one that is in the way most. */
  Optional<ObservedObject> worst() {
    return unhealthy.stream().findFirst();
  }

  /** Where the objects stand, with the causes that are known; empty if all are healthy. */
  Optional<Verdict> verdict(List<Cause> causes) {
    return worst()
        .map(
            it -> {
              Optional<Cause> gravest =
                  causes.stream().filter(Cause::terminal).findFirst().or(() -> first(causes));
              boolean failed = isFailed(it) || gravest.filter(Cause::terminal).isPresent();
              return new Verdict(
                  failed ? AddonState.FAILED : AddonState.PROGRESSING,
                  gravest.map(Cause::reason).orElse(it.health().reason()),
                  Enumeration.of(
                      Stream.concat(
                              unhealthy.stream()
                                  .filter(
                                      member ->
                                          causes.stream()
                                              .noneMatch(
                                                  cause ->
                                                      cause.object().equals(member.describe())))
                                  .map(MemberHealth::describe),
                              causes.stream().map(Cause::describe))
                          .toList()));
            });
  }

  private static Optional<Cause> first(List<Cause> causes) {
    return causes.stream().findFirst();
  }

  private static String describe(ObservedObject object) {
    return object.describe() + ": " + object.health().message();
  }

  private static boolean isFailed(ObservedObject object) {
    return object.health().state() == Health.State.FAILED;
  }
}
