package dev.plinth.health;

import static dev.plinth.health.Health.current;
import static dev.plinth.health.Health.failed;
import static dev.plinth.health.Health.inProgress;

/**
 * A HelmChartConfig must be Applied. Without its HelmChart it waits for that; what else is against
 * it does not go by itself.
 */
final class HelmChartConfigRule implements Rule {

  private static final String NO_CHART = "NoChart";

  @Override
  public Health judge(LiveObject object) {
    return object
        .condition("Applied")
        .map(HelmChartConfigRule::byApplied)
        .orElseGet(() -> inProgress("NotApplied", "no controller has looked at it so far"));
  }

  private static Health byApplied(LiveObject.Condition applied) {
    String reason = applied.reasonOr("NotApplied");
    if (applied.isTrue()) {
      return current(reason, applied.message());
    }
    return applied.isFalse() && !reason.equals(NO_CHART)
        ? failed(reason, applied.messageOrStatus())
        : inProgress(reason, applied.messageOrStatus());
  }
}
