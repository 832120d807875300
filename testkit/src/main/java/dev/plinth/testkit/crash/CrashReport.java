package dev.plinth.testkit.crash;

import java.util.List;
import java.util.stream.Collectors;

/**
 * What came of the crash points of a scenario.
 *
 * @param scenario its name
 * @param writes how many writes an uncut run sends, as the audit log has them
 * @param tried the points that were tried; of each write, before and after, if all were
 * @param missed those of them that the process did not come to, since it then sent fewer writes
 *     than in the run in which they were counted; it was started anew all the same
 * @param problems the points after which the state was another one
 */
public record CrashReport(
    String scenario,
    int writes,
    List<CrashPoint> tried,
    List<CrashPoint> missed,
    List<Problem> problems) {

  /**
   * A point after which not all was well.
   *
   * @param point the point
   * @param description what was wrong
   */
  public record Problem(CrashPoint point, String description) {}

  public CrashReport {
    tried = List.copyOf(tried);
    missed = List.copyOf(missed);
    problems = List.copyOf(problems);
  }

  /**
   * Nothing, if every point led to the same state.
   *
   * @throws AssertionError if one did not; the message has the differences. Also if the process
   *     came to fewer than half of the points: then something else is wrong.
   */
  public void requireSameState() {
    if (2 * missed.size() > tried.size()) {
      throw new AssertionError(this + "; not come to: " + missed);
    }
    if (!problems.isEmpty()) {
      throw new AssertionError(
          this
              + problems.stream()
                  .map(it -> "%n%s:%n%s".formatted(it.point(), it.description()))
                  .collect(Collectors.joining()));
    }
  }

  /** One line with the numbers. */
  @Override
  public String toString() {
    long triedWrites = tried.stream().map(CrashPoint::write).distinct().count();
    return "Crash points of '%s': %d tried, at %d of the %d writes in the audit log, %d not come to; %d led to another state"
        .formatted(scenario, tried.size(), triedWrites, writes, missed.size(), problems.size());
  }
}
