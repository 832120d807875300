package dev.plinth.health;

import static dev.plinth.health.Health.inProgress;

/**
 * For kinds whose controllers always report the generation they have seen: without it the status is
 * the zeros that the API server filled in, and they would look like an object that is done.
 */
record OnceObservedRule(Rule rule) implements Rule {

  @Override
  public Health judge(LiveObject object) {
    return object.observedGeneration().isEmpty()
        ? inProgress("NotObserved", "its controller has not seen it yet")
        : rule.judge(object);
  }
}
