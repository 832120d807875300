package dev.plinth.health;

import static dev.plinth.health.Health.terminating;

/** How the objects of one kind show their health. */
interface Rule {

  /**
   * Judges an object that is not being deleted and whose controller, if it reports a generation,
   * has seen the newest one.
   */
  Health judge(LiveObject object);

  /** What an object that is being deleted waits for. */
  default Health judgeDeleting(LiveObject object) {
    return terminating(
        "Deleting",
        object.finalizers().isEmpty()
            ? "being deleted"
            : "being deleted, waits for finalizer " + String.join(", ", object.finalizers()));
  }
}
