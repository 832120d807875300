package dev.plinth.helm.controller;

import dev.plinth.health.Health;
import dev.plinth.helm.controller.KindWatches.Scope;
import dev.plinth.helm.controller.ObjectHealth.State;
import dev.plinth.manifest.ObjectReference;
import java.util.Optional;

/**
 * Where objects stand, by what is seen of them, or by why nothing is.
 *
 * @param watches that see them
 */
record ObjectHealths(KindWatches watches) {

  /**
   * @param restored whether it is made again if it does not exist
   */
  ObjectHealth of(FollowedObject object, boolean restored) {
    ObjectReference reference = object.key().reference();
    Scope scope = Scope.of(object.key());
    Optional<SeenObject> seen = watches.find(object.key());
    if (seen.isPresent()) {
      return of(reference, seen.get().health());
    }
    Optional<String> refusal = watches.refusal(scope);
    if (refusal.isPresent()) {
      return new ObjectHealth(
          reference, State.IN_PROGRESS, "NotWatched", "cannot be looked at: " + refusal.get());
    }
    if (!watches.isKnown(scope)) {
      return new ObjectHealth(reference, State.UNKNOWN, "NotSeen", "not seen yet");
    }
    if (object.expires()) {
      return new ObjectHealth(reference, State.CURRENT, "Expired", "");
    }
    return new ObjectHealth(
        reference, restored ? State.IN_PROGRESS : State.FAILED, "Missing", "it does not exist");
  }

  private static ObjectHealth of(ObjectReference reference, Health health) {
    return new ObjectHealth(
        reference,
        switch (health.state()) {
          case CURRENT -> State.CURRENT;
          case IN_PROGRESS, TERMINATING -> State.IN_PROGRESS;
          case FAILED -> State.FAILED;
        },
        health.reason(),
        health.message());
  }
}
