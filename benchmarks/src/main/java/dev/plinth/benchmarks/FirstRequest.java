package dev.plinth.benchmarks;

import static org.awaitility.Awaitility.await;

import dev.plinth.controlplane.ControlPlane;
import dev.plinth.controlplane.Mark;
import dev.plinth.controlplane.Request;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** What loading the library costs. */
final class FirstRequest implements Benchmark {

  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final String FROM_PLINTH = "start of Plinth → first request";

  @Override
  public String name() {
    return "first-request";
  }

  @Override
  public String description(Settings settings) {
    return "A new JVM with Plinth and CoreDNS in it. From the moment when the host has its client,"
        + " from its main method's first instruction (reading the kubeconfig and making the"
        + " client included), and from before the start of its process, until the API server"
        + " has answered the first request in its audit log, which is the second one sent:"
        + " the first one, /readyz, is not in it.";
  }

  @Override
  public List<Measurement> run(Settings settings) throws Exception {
    Series series = new Series();
    try (ControlPlane controlPlane = ControlPlanes.apiServerOnly(settings).start()) {
      for (int run = -settings.warmUps(); run < settings.runs(); run++) {
        once(controlPlane, run < 0 ? new Series() : series);
      }
    }
    series.aim(FROM_PLINTH, Goal.under(1.2));
    return series.measurements();
  }

  private static void once(ControlPlane controlPlane, Series series) throws Exception {
    Mark mark = controlPlane.mark();
    Instant launch = Instant.now();
    try (TemporaryDirectory data = TemporaryDirectory.create();
        ForkedHost host = ForkedHost.start(controlPlane, data.path())) {
      await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(500))
          .until(() -> !controlPlane.requestsSince(mark).userAgent(Host.USER_AGENT).isEmpty());
      Instant first =
          controlPlane.requestsSince(mark).userAgent(Host.USER_AGENT).stream()
              .map(Request::time)
              .min(Instant::compareTo)
              .orElseThrow();
      series.add(FROM_PLINTH, Duration.between(host.clientMade(), first));
      series.add("main method → first request", Duration.between(host.mainEntered(), first));
      series.add("start of the process → first request", Duration.between(launch, first));
    }
  }
}
