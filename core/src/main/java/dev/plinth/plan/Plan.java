package dev.plinth.plan;

import static java.util.stream.Collectors.joining;

import dev.plinth.apply.ObjectPreview;
import dev.plinth.apply.ObjectPreview.Change;
import java.util.List;

/**
 * What a start with a configuration would do, in the order in which it would be done.
 *
 * <p>Not in a plan: events, statuses, files on disk, and what add-ons write besides their
 * manifests, unless they tell it themselves ({@link dev.plinth.addon.Addon#plan}).
 *
 * @param objects every object concerned, also those that would be left
 * @param warnings what the operator should know besides
 */
public record Plan(List<PlannedChange> objects, List<String> warnings) {

  public Plan {
    objects = List.copyOf(objects);
    warnings = List.copyOf(warnings);
  }

  /** The objects that would not stay as they are. */
  public List<PlannedChange> changes() {
    return objects.stream().filter(it -> it.preview().change() != Change.LEAVE).toList();
  }

  /** True if there is nothing to do. */
  public boolean isEmpty() {
    return changes().isEmpty();
  }

  /** One line for each change, with its fields below it. */
  @Override
  public String toString() {
    return changes().stream()
        .map(it -> it + fields(it.preview()))
        .collect(joining(System.lineSeparator()));
  }

  private static String fields(ObjectPreview preview) {
    return preview.fields().stream()
        .map(
            it ->
                "%n    %s: %s -> %s"
                    .formatted(
                        it.path(),
                        it.before().isEmpty() ? "(none)" : it.before(),
                        it.after().isEmpty() ? "(none)" : it.after()))
        .collect(joining());
  }
}
