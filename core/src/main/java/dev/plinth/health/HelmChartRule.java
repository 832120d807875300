package dev.plinth.health;

import static dev.plinth.health.Health.current;
import static dev.plinth.health.Health.failed;
import static dev.plinth.health.Health.inProgress;

import java.util.Optional;

/**
 * A HelmChart must be Ready, and has failed as long as its condition Failed says so, whether or not
 * there is another attempt. K3s keeps the conditions JobCreated and Failed only: its HelmCharts are
 * as good as they get once there is a Job.
 */
final class HelmChartRule implements Rule {

  private final Rule byCondition = new ReadyConditionRule();

  @Override
  public Health judge(LiveObject object) {
    Optional<LiveObject.Condition> failed =
        object.condition("Failed").filter(LiveObject.Condition::isTrue);
    if (failed.isPresent()) {
      return failed(failed.get().reasonOr("Failed"), failed.get().messageOrStatus());
    }
    if (object.condition("Ready").isPresent()) {
      return byCondition.judge(object);
    }
    return object.condition("JobCreated").isPresent()
        ? current("JobCreated", "")
        : inProgress("NotReady", "no controller has looked at it so far");
  }
}
