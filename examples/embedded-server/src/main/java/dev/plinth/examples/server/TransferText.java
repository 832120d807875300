package dev.plinth.examples.server;

import static java.util.stream.Collectors.joining;

import dev.plinth.apply.ObjectPreview.Change;
import dev.plinth.plan.Plan;
import dev.plinth.plan.PlannedChange;
import java.util.Map;
import java.util.stream.Stream;

/** What becomes of objects that change hands, for people: a line for each, and a sum. */
final class TransferText {

  private static final Map<Change, String> DONE =
      Map.of(
          Change.CHANGE,
          "changed",
          Change.DELETE,
          "deleted",
          Change.LEAVE,
          "left",
          Change.FAIL,
          "failed");

  private TransferText() {}

  static String render(Plan plan, boolean dryRun) {
    String sum =
        Stream.of(Change.CHANGE, Change.DELETE, Change.LEAVE, Change.FAIL)
            .map(it -> "%d %s".formatted(count(plan, it), DONE.get(it)))
            .collect(joining(", ", dryRun ? "Would be: " : "", System.lineSeparator()));
    return plan.objects().stream()
            .map(PlannedChange::toString)
            .map(it -> it + System.lineSeparator())
            .collect(joining())
        + sum;
  }

  private static long count(Plan plan, Change change) {
    return plan.objects().stream().filter(it -> it.preview().change() == change).count();
  }
}
