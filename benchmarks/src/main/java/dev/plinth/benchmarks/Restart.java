package dev.plinth.benchmarks;

import dev.plinth.controlplane.ControlPlane;
import dev.plinth.controlplane.Mark;
import dev.plinth.controlplane.Requests;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** What a start costs when nothing has changed. */
final class Restart implements Benchmark {

  private static final String WRITES = "writes";
  private static final String REQUESTS = "requests";

  /** Late requests count too. */
  private static final Duration AFTERMATH = Duration.ofSeconds(3);

  @Override
  public String name() {
    return "restart";
  }

  @Override
  public String description(Settings settings) {
    return "CoreDNS is ready; Plinth is closed and started again on the same data directory, with a"
        + " new client. Counted until "
        + AFTERMATH.toSeconds()
        + " s after everything is ready.";
  }

  @Override
  public List<Measurement> run(Settings settings) throws Exception {
    Series series = new Series();
    Map<String, Long> requests = Map.of();
    try (ControlPlane controlPlane = ControlPlanes.complete(settings).start();
        TemporaryDirectory data = TemporaryDirectory.create()) {
      try (Host host = Host.withCoreDns(controlPlane.clientConfig(), data.path())) {
        host.awaitReady();
        Thread.sleep(AFTERMATH.toMillis());
      }
      for (int run = -settings.warmUps(); run < settings.runs(); run++) {
        requests = once(controlPlane, data, run < 0 ? new Series() : series);
      }
    }
    series.aim(WRITES, Goal.atMost(0));
    series.aim(REQUESTS, Goal.under(25));
    Narration.tell("requests of the last run: " + requests);
    return series.measurements();
  }

  private static Map<String, Long> once(
      ControlPlane controlPlane, TemporaryDirectory data, Series series)
      throws InterruptedException {
    Mark mark = controlPlane.mark();
    Instant start = Instant.now();
    try (Host host = Host.withCoreDns(controlPlane.clientConfig(), data.path())) {
      host.awaitReady();
      series.add("start → ready", Duration.between(start, Instant.now()));
      Thread.sleep(AFTERMATH.toMillis());
      Requests requests =
          controlPlane.requestsSince(mark).userAgent(Host.USER_AGENT).withoutLeases();
      BenchmarkFailedException.unless(
          requests.writes().isEmpty(), "a restart wrote: %s", requests.writes());
      series.add(WRITES, "", requests.writes().count());
      series.add(REQUESTS, "", requests.count());
      series.add("of these lists and watches", "", requests.verb("list", "watch").count());
      return requests.countsByVerbAndResource();
    }
  }
}
