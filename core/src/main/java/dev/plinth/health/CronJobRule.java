package dev.plinth.health;

import static dev.plinth.health.Health.current;

/** A CronJob does its work by being there; its Jobs have their own health. */
final class CronJobRule implements Rule {

  @Override
  public Health judge(LiveObject object) {
    if (object.spec().path("suspend").asBoolean(false)) {
      return current("Suspended", "suspended by spec.suspend");
    }
    return object.status().hasNonNull("lastScheduleTime")
        ? current(
            "Scheduled", "last scheduled at " + object.status().path("lastScheduleTime").asText())
        : current("NotScheduled", "not scheduled so far");
  }
}
