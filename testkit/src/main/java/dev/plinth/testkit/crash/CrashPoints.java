package dev.plinth.testkit.crash;

import static java.util.Objects.requireNonNull;

import dev.plinth.controlplane.ControlPlane;
import dev.plinth.controlplane.Mark;
import dev.plinth.controlplane.Requests;
import dev.plinth.testkit.crash.CrashReport.Problem;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends a program before and after each of its writes, starts it again, and compares the state that
 * it brings about with that of a run that nothing cut.
 *
 * <pre>{@code
 * CrashReport report = CrashPoints.of(controlPlane).tryAll(scenario);
 * report.requireSameState();
 * }</pre>
 *
 * <p>A cut ends a process as its API server sees it: no request leaves any more, and no answer
 * arrives. Requests that are on their way at that moment may be served, as with a process that is
 * killed.
 */
public final class CrashPoints {

  private static final Logger LOG = LoggerFactory.getLogger(CrashPoints.class);
  private static final Duration LONGEST_RUN = Duration.ofMinutes(2);
  private static final int RUNS_TO_A_POINT = 3;

  private final ControlPlane controlPlane;
  private final Duration longestRun;

  private CrashPoints(ControlPlane controlPlane, Duration longestRun) {
    this.controlPlane = controlPlane;
    this.longestRun = longestRun;
  }

  /** Crash points of programs that work on this control plane, which needs its audit log. */
  public static CrashPoints of(ControlPlane controlPlane) {
    return new CrashPoints(requireNonNull(controlPlane, "controlPlane"), LONGEST_RUN);
  }

  /** How long one run of the process may take; 2 minutes without it. */
  public CrashPoints longestRun(Duration limit) {
    return new CrashPoints(controlPlane, requireNonNull(limit, "limit"));
  }

  /** Tries both sides of every write. */
  public CrashReport tryAll(CrashScenario scenario) throws Exception {
    return tryEvery(1, scenario);
  }

  /**
   * Tries one of so many points, evenly spread: the first, and then one after each stride.
   *
   * @param stride 1 for all points; an odd one, so that both sides of writes are among them
   * @throws IllegalArgumentException if the stride is even
   * @throws AssertionError if the process cannot be run without a cut, or the writes it sends are
   *     not those that the audit log has
   */
  public CrashReport tryEvery(int stride, CrashScenario scenario) throws Exception {
    if (stride < 1 || stride % 2 == 0) {
      throw new IllegalArgumentException("stride must be odd and positive, not " + stride);
    }
    scenario.situation().run();
    int writes = countWrites(scenario);
    String expected = scenario.state().look();
    List<CrashPoint> points = everyOf(stride, pointsOf(writes));
    List<CrashPoint> missed = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    for (CrashPoint point : points) {
      if (!cameTo(scenario, point)) {
        missed.add(point);
      }
      stateAfter(scenario, point, expected).ifPresent(problems::add);
    }
    CrashReport report = new CrashReport(scenario.name(), writes, points, missed, problems);
    LOG.info("{}", report);
    return report;
  }

  private int countWrites(CrashScenario scenario) throws Exception {
    String user = newUser();
    Mark start = controlPlane.mark();
    ProcessCut counter = new ProcessCut(Optional.empty(), () -> {});
    try (KubernetesClient client = client(user, counter)) {
      runToTheEnd(scenario, client);
    }
    Requests logged = controlPlane.requestsSince(start).username(user).writes();
    if (logged.count() != counter.writes()) {
      throw new AssertionError(
          "%s: the process sent %d writes, and the audit log has %s"
              .formatted(scenario.name(), counter.writes(), logged));
    }
    return counter.writes();
  }

  private static List<CrashPoint> pointsOf(int writes) {
    List<CrashPoint> points = new ArrayList<>();
    for (int write = 1; write <= writes; write++) {
      points.add(new CrashPoint(write, CrashPoint.Side.BEFORE));
      points.add(new CrashPoint(write, CrashPoint.Side.AFTER));
    }
    return points;
  }

  private static List<CrashPoint> everyOf(int stride, List<CrashPoint> points) {
    List<CrashPoint> some = new ArrayList<>();
    for (int i = 0; i < points.size(); i += stride) {
      some.add(points.get(i));
    }
    return some;
  }

  /**
   * Ends the process at the point. How many writes it sends differs a little from run to run, since
   * a status that changes twice within a moment is written once: so it may take more than one run
   * to come to one of the last writes.
   */
  private boolean cameTo(CrashScenario scenario, CrashPoint point) throws Exception {
    for (int run = 1; run <= RUNS_TO_A_POINT; run++) {
      scenario.situation().run();
      if (runToTheCut(scenario, point)) {
        return true;
      }
    }
    return false;
  }

  /** Starts the process anew, to the end. */
  private Optional<Problem> stateAfter(CrashScenario scenario, CrashPoint point, String expected)
      throws Exception {
    try (KubernetesClient client = client(newUser(), new ProcessCut(Optional.empty(), () -> {}))) {
      runToTheEnd(scenario, client);
    } catch (AssertionError e) {
      return Optional.of(new Problem(point, "the process that was started anew: " + e));
    }
    String state = scenario.state().look();
    return state.equals(expected)
        ? Optional.empty()
        : Optional.of(new Problem(point, LineDifference.between(expected, state)));
  }

  /** Returns whether the process came to the point. */
  private boolean runToTheCut(CrashScenario scenario, CrashPoint point) throws Exception {
    Thread[] process = new Thread[1];
    ProcessCut cut = new ProcessCut(Optional.of(point), () -> process[0].interrupt());
    try (KubernetesClient client = client(newUser(), cut)) {
      FutureTask<Void> run = asTask(scenario, client);
      process[0] = new Thread(run, "crashing-process");
      process[0].start();
      await(scenario, run, process[0]);
    } catch (ExecutionException e) {
      if (!cut.isCut()) {
        throw new AssertionError("%s: failed without a cut".formatted(scenario.name()), e);
      }
      LOG.debug("{}: ended {}", scenario.name(), point, e.getCause());
    }
    return cut.isCut();
  }

  private void runToTheEnd(CrashScenario scenario, KubernetesClient client) throws Exception {
    FutureTask<Void> run = asTask(scenario, client);
    Thread process = new Thread(run, "process");
    process.start();
    try {
      await(scenario, run, process);
    } catch (ExecutionException e) {
      throw new AssertionError(
          "%s: failed without a cut: %s".formatted(scenario.name(), e.getCause()), e.getCause());
    }
  }

  private static FutureTask<Void> asTask(CrashScenario scenario, KubernetesClient client) {
    return new FutureTask<>(
        () -> {
          scenario.process().run(client);
          return null;
        });
  }

  private void await(CrashScenario scenario, FutureTask<Void> run, Thread process)
      throws ExecutionException, InterruptedException {
    try {
      run.get(longestRun.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      process.interrupt();
      throw new AssertionError(
          "%s: the process has not ended within %s".formatted(scenario.name(), longestRun), e);
    }
  }

  private KubernetesClient client(String user, ProcessCut cut) {
    // Whoever is dead does not try again.
    Config config =
        new ConfigBuilder(controlPlane.clientConfigFor(user, "system:masters"))
            .withRequestRetryBackoffLimit(0)
            .build();
    return new KubernetesClientBuilder()
        .withConfig(config)
        .withHttpClientBuilderConsumer(it -> it.addOrReplaceInterceptor("crash-point", cut))
        .build();
  }

  private static String newUser() {
    return "crash-" + UUID.randomUUID();
  }
}
