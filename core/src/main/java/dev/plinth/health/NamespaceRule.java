package dev.plinth.health;

import static dev.plinth.health.Health.current;
import static dev.plinth.health.Health.terminating;

import java.util.List;
import java.util.Optional;

/** A namespace is active from the start; while it goes, conditions tell what holds it up. */
final class NamespaceRule implements Rule {

  private static final List<String> HINDRANCES =
      List.of(
          "NamespaceDeletionDiscoveryFailure",
          "NamespaceDeletionGroupVersionParsingFailure",
          "NamespaceDeletionContentFailure",
          "NamespaceFinalizersRemaining",
          "NamespaceContentRemaining");

  @Override
  public Health judge(LiveObject object) {
    return LiveObject.text(object.status().path("phase")).equals("Terminating")
        ? judgeDeleting(object)
        : current("Active", "");
  }

  @Override
  public Health judgeDeleting(LiveObject object) {
    return HINDRANCES.stream()
        .map(object::condition)
        .flatMap(Optional::stream)
        .filter(LiveObject.Condition::isTrue)
        .findFirst()
        .map(it -> terminating(it.reasonOr("Deleting"), it.messageOrStatus()))
        .orElseGet(() -> Rule.super.judgeDeleting(object));
  }
}
