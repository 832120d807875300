package dev.plinth.apply;

import dev.plinth.apply.ObjectOutcome.Action;
import dev.plinth.cluster.ObservedObject;
import dev.plinth.manifest.ObjectReference;
import java.util.Optional;

/** Makes outcomes. */
final class Outcomes {

  private Outcomes() {}

  static ObjectOutcome done(DesiredObject desired, Action action) {
    return new ObjectOutcome(
        desired.reference(), Optional.of(desired.document().location()), action, "", "", false);
  }

  static ObjectOutcome failed(
      DesiredObject desired, String reason, String message, boolean passing) {
    return new ObjectOutcome(
        desired.reference(),
        Optional.of(desired.document().location()),
        Action.FAILED,
        reason,
        message,
        passing);
  }

  static ObjectOutcome of(
      ObservedObject observed, Action action, String reason, String message, boolean passing) {
    return new ObjectOutcome(
        referenceTo(observed), Optional.empty(), action, reason, message, passing);
  }

  static ObjectReference referenceTo(ObservedObject observed) {
    return new ObjectReference(
        observed.kind().apiVersion(),
        observed.kind().kind(),
        observed.namespace(),
        observed.name());
  }
}
