package dev.plinth.health;

import static dev.plinth.health.Health.current;
import static dev.plinth.health.Health.inProgress;

/** An aggregated API must answer; the API server checks and says so in a condition. */
final class ApiServiceRule implements Rule {

  @Override
  public Health judge(LiveObject object) {
    return object
        .condition("Available")
        .map(
            it ->
                it.isTrue()
                    ? current("Available", "")
                    : inProgress(it.reasonOr("NotAvailable"), it.messageOrStatus()))
        .orElseGet(() -> inProgress("NotAvailable", "the API server has not checked it yet"));
  }
}
