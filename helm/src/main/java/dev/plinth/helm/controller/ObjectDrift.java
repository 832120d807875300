package dev.plinth.helm.controller;

import static java.util.Objects.requireNonNull;

import dev.plinth.config.DriftPolicy;
import dev.plinth.drift.Drift;

/**
 * An object of a release that is not as its manifest says, and what is to be done about it.
 *
 * @param drift which fields, and whose they are now; never values
 * @param policy REPAIR or WARN
 */
record ObjectDrift(ObjectKey key, Drift drift, DriftPolicy policy) {

  ObjectDrift {
    requireNonNull(key, "key");
    requireNonNull(drift, "drift");
    requireNonNull(policy, "policy");
  }

  String describe() {
    return drift.describe();
  }
}
