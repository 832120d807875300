package dev.plinth.config;

/** What happens when somebody else changes an object that Plinth keeps. */
public enum DriftPolicy {
  /** The declared state is put back, and an event tells. */
  REPAIR,
  /** An event tells, nothing is changed. */
  WARN,
  /** Nothing happens until the manifest changes. */
  IGNORE
}
