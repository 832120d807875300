package dev.plinth.benchmarks;

import com.google.common.math.Quantiles;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * One figure, measured once or several times.
 *
 * @param what what was measured
 * @param unit of the values; may be empty
 * @param values one of each run
 * @param goal what the median should be; empty if the figure only explains others
 */
record Measurement(String what, String unit, List<Double> values, Optional<Goal> goal) {

  Measurement {
    values = List.copyOf(values);
    if (values.isEmpty()) {
      throw new IllegalArgumentException("No values of: " + what);
    }
  }

  static Measurement of(String what, String unit, List<Double> values) {
    return new Measurement(what, unit, values, Optional.empty());
  }

  Measurement withGoal(Goal aim) {
    return new Measurement(what, unit, values, Optional.of(aim));
  }

  double min() {
    return Collections.min(values);
  }

  double median() {
    return Quantiles.median().compute(values);
  }

  double max() {
    return Collections.max(values);
  }
}
