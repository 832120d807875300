package dev.plinth.helm.controller;

import dev.plinth.cluster.Labels;
import dev.plinth.drift.Drift;
import dev.plinth.manifest.ObjectReference;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a repair came to.
 *
 * @param repaired what is as declared again
 * @param refused what the server did not let be repaired
 * @param contested what somebody else changes again and again, and is left alone for a while
 * @param nextLook how long from now to look at the drift though nothing has changed; empty if there
 *     is no need to
 */
record RepairOutcome(
    List<Drift> repaired,
    List<Refusal> refused,
    List<Drift> contested,
    Optional<Duration> nextLook) {

  private static final int LONGEST_LIST = 700;

  /** A repair that the server refused, with its words. */
  record Refusal(Drift drift, String message) {
    String describe() {
      return "%s; not repaired: %s".formatted(drift.describe(), message);
    }
  }

  RepairOutcome {
    repaired = List.copyOf(repaired);
    refused = List.copyOf(refused);
    contested = List.copyOf(contested);
  }

  static RepairOutcome nothing() {
    return new RepairOutcome(List.of(), List.of(), List.of(), Optional.empty());
  }

  /** For an event: what was repaired, and how to have one's way instead; empty if nothing was. */
  Optional<String> repairs() {
    return repaired.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "Repaired: %s; %s"
                .formatted(list(repaired.stream().map(Drift::describe).toList()), advice()));
  }

  /** For a condition and an event: what is fought over; empty if nothing is. */
  Optional<String> contests() {
    return contested.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "Somebody else changes again what is repaired: %s; repairs are up to 5 minutes apart until that ends"
                .formatted(list(contested.stream().map(Drift::describe).toList())));
  }

  /** For a condition: what could not be repaired; empty if nothing. */
  Optional<String> refusals() {
    return refused.isEmpty()
        ? Optional.empty()
        : Optional.of(list(refused.stream().map(Refusal::describe).toList()));
  }

  /** As many as an event has room for, with an advice behind. */
  static String list(List<String> descriptions) {
    StringBuilder list = new StringBuilder();
    int named = 0;
    for (String one : descriptions) {
      if (named > 0 && list.length() + one.length() > LONGEST_LIST) {
        return list.append("; and %d more objects".formatted(descriptions.size() - named))
            .toString();
      }
      list.append(named++ > 0 ? "; " : "").append(one);
    }
    return list.toString();
  }

  private String advice() {
    return repaired.stream()
        .filter(it -> !it.isDeletion())
        .findFirst()
        .map(
            it ->
                "to keep such a change, change the chart's values, or kubectl annotate %s %s=ignore first"
                    .formatted(argument(it.object()), Labels.DRIFT))
        .orElse(
            "to keep what is deleted away, change the chart's values, or annotate the HelmChart %s=ignore"
                .formatted(Labels.DRIFT));
  }

  private static String argument(ObjectReference object) {
    String kind = object.kind().toLowerCase(Locale.ROOT);
    return "%s %s%s"
        .formatted(
            object.group().isEmpty() ? kind : kind + "." + object.group(),
            object.name(),
            object.namespace().isEmpty() ? "" : " -n " + object.namespace());
  }
}
