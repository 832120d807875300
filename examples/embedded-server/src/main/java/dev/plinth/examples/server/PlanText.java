package dev.plinth.examples.server;

import dev.plinth.apply.ObjectPreview.Change;
import dev.plinth.plan.Plan;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A plan for people: a line for each change with its fields, and a sum. */
final class PlanText {

  private PlanText() {}

  static String render(Plan plan) {
    Map<Change, Long> counts = new TreeMap<>();
    plan.objects().forEach(it -> counts.merge(it.preview().change(), 1L, Long::sum));
    String sum =
        Arrays.stream(Change.values())
            .map(it -> counts.getOrDefault(it, 0L) + " to " + it.name().toLowerCase(Locale.ROOT))
            .collect(Collectors.joining(", "));
    String head = plan.isEmpty() ? "Nothing to do" : plan + System.lineSeparator();
    return head + System.lineSeparator() + sum + System.lineSeparator();
  }
}
