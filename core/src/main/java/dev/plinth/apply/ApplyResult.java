package dev.plinth.apply;

import dev.plinth.apply.ObjectOutcome.Action;
import java.util.ArrayList;
import java.util.List;

/**
 * What came of applying or removing a manifest.
 *
 * @param outcomes one for each object concerned
 */
public record ApplyResult(List<ObjectOutcome> outcomes) {

  public ApplyResult {
    outcomes = List.copyOf(outcomes);
  }

  /** True if every declared object is in the cluster as declared. */
  public boolean complete() {
    return outcomes.stream()
        .noneMatch(
            it ->
                it.action() == Action.FAILED
                    || it.action() == Action.SKIPPED && it.location().isPresent());
  }

  /** The outcomes that keep it from being complete, and what was deliberately left. */
  public List<ObjectOutcome> problems() {
    return outcomes.stream()
        .filter(it -> it.action() == Action.FAILED || it.action() == Action.SKIPPED)
        .toList();
  }

  /** How many objects were written or deleted. */
  public long changes() {
    return outcomes.stream()
        .filter(
            it ->
                it.action() == Action.CREATED
                    || it.action() == Action.CONFIGURED
                    || it.action() == Action.DELETED)
        .count();
  }

  /** This result and these outcomes. */
  public ApplyResult and(List<ObjectOutcome> more) {
    List<ObjectOutcome> all = new ArrayList<>(outcomes);
    all.addAll(more);
    return new ApplyResult(all);
  }
}
