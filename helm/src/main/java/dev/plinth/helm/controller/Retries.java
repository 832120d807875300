package dev.plinth.helm.controller;

import static java.util.Objects.requireNonNull;

import dev.plinth.helm.model.HelmChartStatus;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The attempts at what is wanted now that have failed. They are kept in the chart's status, so that
 * a restart does not begin anew.
 *
 * @param failures how many
 * @param next when to try again; empty if nothing has failed, or if it is not tried again
 * @param error what the last failure was
 */
record Retries(int failures, Optional<Instant> next, Optional<String> error) {

  /** Nothing has failed. */
  static final Retries NONE = new Retries(0, Optional.empty(), Optional.empty());

  /** For failures that cost nothing, such as a source that can not be reached. */
  static final int WITHOUT_END = Integer.MAX_VALUE;

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(5);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);
  private static final int MOST_DOUBLINGS = 16;

  Retries {
    requireNonNull(next, "next");
    requireNonNull(error, "error");
  }

  /** As a status has them. */
  static Retries of(Optional<HelmChartStatus> status) {
    return status
        .filter(it -> it.failures() != null && it.failures() > 0)
        .map(
            it ->
                new Retries(
                    it.failures(),
                    Optional.ofNullable(it.nextAttempt()).flatMap(Retries::time),
                    Optional.ofNullable(it.lastError())))
        .orElse(NONE);
  }

  /** One more failure. */
  Retries failed(String message, Instant now, int limit) {
    int count = failures == Integer.MAX_VALUE ? failures : failures + 1;
    return new Retries(
        count,
        count > limit ? Optional.empty() : Optional.of(now.plus(pause(count))),
        Optional.of(message));
  }

  /** A failure after which nothing is tried until something changes. */
  Retries failedForGood(String message) {
    return new Retries(failures + 1, Optional.empty(), Optional.of(message));
  }

  /** How long to wait until the next attempt; empty if it is time for it. */
  Optional<Duration> wait(Instant now) {
    return next.filter(it -> it.isAfter(now)).map(it -> Duration.between(now, it));
  }

  /** Whether the last failure was the last attempt. */
  boolean isOver() {
    return failures > 0 && next.isEmpty();
  }

  private static Duration pause(int failures) {
    Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(failures - 1, MOST_DOUBLINGS));
    return pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
  }

  private static Optional<Instant> time(String text) {
    try {
      return Optional.of(Instant.parse(text));
    } catch (DateTimeException e) {
      return Optional.of(Instant.EPOCH); // somebody's edit: then it is time
    }
  }
}
