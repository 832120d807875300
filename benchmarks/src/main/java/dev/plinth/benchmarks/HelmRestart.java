package dev.plinth.benchmarks;

import dev.plinth.controlplane.ControlPlane;
import dev.plinth.controlplane.Mark;
import dev.plinth.controlplane.Request;
import dev.plinth.controlplane.Requests;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** A start when there are many releases and nothing to do. */
final class HelmRestart implements Benchmark {

  private static final Duration AFTERMATH = Duration.ofSeconds(5);
  private static final String WRITES = "writes";
  private static final String LAST = "start → last request but watches";

  @Override
  public String name() {
    return "helm-restart";
  }

  @Override
  public String description(Settings settings) {
    return "%d HelmCharts with the compact chart in them are deployed; Plinth is closed and started again on the same data directory, with a new client. Counted by the audit log, until %d s after Plinth is ready."
        .formatted(charts(settings), AFTERMATH.toSeconds());
  }

  private static int charts(Settings settings) {
    return settings.size(100, 2);
  }

  @Override
  public List<Measurement> run(Settings settings) throws Exception {
    Series series = new Series();
    try (ControlPlane controlPlane = ControlPlanes.complete(settings).start();
        TemporaryDirectory data = TemporaryDirectory.create()) {
      deploy(settings, controlPlane, data);
      for (int run = -settings.warmUps(); run < settings.runs(); run++) {
        restart(controlPlane, data, run < 0 ? new Series() : series);
      }
    }
    series.aim(WRITES, Goal.atMost(0));
    series.aim(LAST, Goal.under(3));
    return series.measurements();
  }

  private static void deploy(Settings settings, ControlPlane controlPlane, TemporaryDirectory data)
      throws Exception {
    try (TemporaryDirectory charts = TemporaryDirectory.create();
        Host host = Host.withHelm(controlPlane.clientConfig(), data.path());
        Arrivals arrivals = Arrivals.ofReleases(controlPlane.client())) {
      host.awaitReady();
      CompactChart chart = CompactChart.packInto(charts.path());
      List<Arrivals.Arrival> deployed = new ArrayList<>();
      for (int i = 1; i <= charts(settings); i++) {
        deployed.add(arrivals.expect("bench-" + i, "1"));
        chart.create(controlPlane.client(), "bench-" + i);
      }
      for (Arrivals.Arrival arrival : deployed) {
        arrival.await();
      }
      Thread.sleep(AFTERMATH.toMillis());
    }
  }

  private static void restart(ControlPlane controlPlane, TemporaryDirectory data, Series series)
      throws Exception {
    Mark mark = controlPlane.mark();
    Instant start = Instant.now();
    try (Host host = Host.withHelm(controlPlane.clientConfig(), data.path())) {
      host.awaitReady();
      Thread.sleep(AFTERMATH.toMillis());
      Requests requests =
          controlPlane.requestsSince(mark).userAgent(Host.USER_AGENT).withoutLeases();
      Requests others = requests.filter(it -> !it.verb().equals("watch"));
      series.add(WRITES, "", requests.writes().count());
      series.add("requests but watches", "", others.count());
      series.add(
          LAST,
          Duration.between(
              start,
              others.list().stream()
                  .map(Request::time)
                  .max(Comparator.naturalOrder())
                  .orElseThrow()));
      Narration.tell("requests: " + requests.countsByVerbAndResource());
    }
  }
}
