package dev.plinth.drift;

import static java.util.Objects.requireNonNull;

/**
 * How drift of the objects of one Addon is told from a first apply, and what is done about it.
 *
 * @param policies which policy holds for an object
 * @param memory what this server remembers
 * @param complete whether what the manifest declares has been in the cluster completely
 */
public record DriftRules(DriftPolicies policies, DriftMemory memory, boolean complete) {

  public DriftRules {
    requireNonNull(policies, "policies");
    requireNonNull(memory, "memory");
  }
}
