package dev.plinth.helm.engine;

/** Whether Helm writes objects by server-side apply: the field {@code serverSide}. */
public enum ServerSide {
  /** New releases yes, others as their last revision; no where the engine can't. */
  AUTO,
  TRUE,
  FALSE
}
