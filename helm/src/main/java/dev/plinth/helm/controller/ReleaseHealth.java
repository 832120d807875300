package dev.plinth.helm.controller;

import dev.plinth.diagnosis.Cause;
import dev.plinth.helm.controller.ObjectHealth.State;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where the objects of a release stand, together.
 *
 * @param state the worst of all, or FAILED by a cause that stays until somebody does something;
 *     UNKNOWN if nothing worse is known, but not all is
 * @param reason one CamelCase word: that of the gravest cause, else of the worst object
 * @param total how many objects there are
 * @param lines what is wrong, the worst first, one line for each object and cause; never a value
 */
record ReleaseHealth(State state, String reason, int total, int current, List<String> lines) {

  private static final int SHOWN = 10;
  private static final int LONGEST_LINE = 1000;
  private static final Comparator<ObjectHealth> WORST_FIRST =
      Comparator.comparing(ObjectHealth::state)
          .reversed()
          .thenComparing(it -> it.object().toString());

  ReleaseHealth {
    lines = List.copyOf(lines);
  }

  /** Nothing is known. */
  static ReleaseHealth unknown() {
    return new ReleaseHealth(State.UNKNOWN, "NotSeen", 0, 0, List.of());
  }

  static ReleaseHealth of(List<ObjectHealth> objects, List<Cause> causes) {
    List<ObjectHealth> others =
        objects.stream().filter(it -> it.state() != State.CURRENT).sorted(WORST_FIRST).toList();
    int current = objects.size() - others.size();
    if (others.isEmpty()) {
      return new ReleaseHealth(State.CURRENT, "Current", objects.size(), current, List.of());
    }
    Optional<Cause> gravest =
        causes.stream().filter(Cause::terminal).findFirst().or(() -> causes.stream().findFirst());
    ObjectHealth worst = others.get(0);
    boolean stays = gravest.filter(Cause::terminal).isPresent();
    return new ReleaseHealth(
        stays ? State.FAILED : worst.state(),
        gravest.map(Cause::reason).orElse(worst.reason()),
        objects.size(),
        current,
        Stream.concat(
                others.stream()
                    .filter(it -> causes.stream().noneMatch(cause -> isAbout(it, cause)))
                    .map(ObjectHealth::describe),
                causes.stream().map(Cause::describe))
            .toList());
  }

  boolean isCurrent() {
    return state == State.CURRENT;
  }

  /** One line of bounded length for a condition; empty if all is well. */
  String message() {
    String shown =
        String.join(
            "; ",
            lines.stream()
                .limit(SHOWN)
                .map(it -> it.length() > LONGEST_LINE ? it.substring(0, LONGEST_LINE) + "..." : it)
                .toList());
    return lines.size() > SHOWN ? "%s; and %d more".formatted(shown, lines.size() - SHOWN) : shown;
  }

  private static boolean isAbout(ObjectHealth object, Cause cause) {
    return cause.object().equals(object.object().toString());
  }
}
