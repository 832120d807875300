package dev.plinth.health;

import static dev.plinth.health.Health.State.CURRENT;
import static dev.plinth.health.Health.inProgress;

/**
 * An Addon must be Ready once somebody keeps its status. K3s keeps none: its Addons are as good as
 * they get.
 */
final class AddonRule implements Rule {

  private final Rule byCondition = new ReadyConditionRule();

  @Override
  public Health judge(LiveObject object) {
    Health health = byCondition.judge(object);
    boolean undecided = !object.status().isEmpty() && object.condition("Ready").isEmpty();
    return undecided && health.state() == CURRENT
        ? inProgress("NotReady", "its condition Ready is not there yet")
        : health;
  }
}
