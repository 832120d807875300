package dev.plinth.lifecycle;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;

/** Warnings on the board that hold for as long as their cause does. Not thread-safe. */
final class Warnings {

  private final StatusBoard board;
  private Set<String> told = Set.of();

  Warnings(StatusBoard board) {
    this.board = board;
  }

  /** Has exactly these on the board; those that were there are not told anew. */
  void are(Collection<String> now) {
    told.stream().filter(it -> !now.contains(it)).forEach(board::withdraw);
    now.stream().filter(it -> !told.contains(it)).forEach(board::warn);
    told = new LinkedHashSet<>(now);
  }
}
