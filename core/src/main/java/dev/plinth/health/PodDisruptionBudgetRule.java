package dev.plinth.health;

import static dev.plinth.health.Health.current;
import static dev.plinth.health.Health.inProgress;

/** A PodDisruptionBudget is met when as many pods are healthy as it asks for. */
final class PodDisruptionBudgetRule implements Rule {

  @Override
  public Health judge(LiveObject object) {
    long healthy = object.count("currentHealthy");
    long wanted = object.count("desiredHealthy");
    String message = "%d of %d pods healthy".formatted(healthy, wanted);
    return healthy < wanted ? inProgress("BudgetNotMet", message) : current("BudgetMet", message);
  }
}
