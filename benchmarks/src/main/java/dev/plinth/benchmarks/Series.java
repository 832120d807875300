package dev.plinth.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects the values of several figures over several runs. */
final class Series {

  private record Figure(String unit, List<Double> values, List<Goal> goals) {}

  private final Map<String, Figure> figures = new LinkedHashMap<>();

  void add(String what, String unit, double value) {
    figures
        .computeIfAbsent(what, it -> new Figure(unit, new ArrayList<>(), new ArrayList<>()))
        .values()
        .add(value);
  }

  /** A time, in seconds. */
  void add(String what, Duration time) {
    add(what, "s", seconds(time));
  }

  static double seconds(Duration time) {
    return time.toNanos() / 1e9;
  }

  /** Sets what a figure, measured already, should be. */
  void aim(String what, Goal goal) {
    figures.get(what).goals().add(goal);
  }

  List<Measurement> measurements() {
    return figures.entrySet().stream()
        .map(
            it ->
                new Measurement(
                    it.getKey(),
                    it.getValue().unit(),
                    it.getValue().values(),
                    it.getValue().goals().stream().findFirst()))
        .toList();
  }
}
