package dev.plinth.benchmarks;

import dev.plinth.controlplane.ControlPlane;
import dev.plinth.controlplane.Request;
import dev.plinth.controlplane.Requests;
import dev.plinth.report.AddonReport;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** How long it takes until CoreDNS is in a new cluster. */
final class ColdStart implements Benchmark {

  private static final String APPLIED = "start → CoreDNS applied";
  private static final String PER_OBJECT = "requests per object until applied";

  @Override
  public String name() {
    return "cold-start";
  }

  @Override
  public String description(Settings settings) {
    return "A new cluster with one simulated node whose API server is ready; a new client and a new"
        + " data directory, in a JVM that has done the same before. Applied: the API server has"
        + " answered the write of the Addon's checksum, which comes after the last object. Ready:"
        + " the pod is. Times and counts are those of the audit log.";
  }

  @Override
  public List<Measurement> run(Settings settings) throws Exception {
    Series series = new Series();
    Map<String, Long> requests = Map.of();
    for (int run = -settings.warmUps(); run < settings.runs(); run++) {
      requests = once(settings, run < 0 ? new Series() : series);
    }
    series.aim(APPLIED, Goal.atMost(1));
    series.aim(PER_OBJECT, Goal.under(3));
    Narration.tell("requests of the last run: " + requests);
    return series.measurements();
  }

  private static Map<String, Long> once(Settings settings, Series series) throws Exception {
    try (ControlPlane controlPlane = ControlPlanes.complete(settings).start();
        TemporaryDirectory data = TemporaryDirectory.create()) {
      Instant start = Instant.now();
      try (Host host = Host.withCoreDns(controlPlane.clientConfig(), data.path())) {
        AddonReport report = host.awaitReady();
        Instant ready = Instant.now();
        Requests requests = controlPlane.requests().userAgent(Host.USER_AGENT).withoutLeases();
        int objects = report.addon("coredns").orElseThrow().objects();
        long reads = requests.verb("list", "watch").count();
        Instant applied = appliedAt(requests);
        series.add(APPLIED, Duration.between(start, applied));
        series.add("start → CoreDNS ready", Duration.between(start, ready));
        series.add("objects", "", objects);
        series.add("requests", "", requests.count());
        series.add("of these writes", "", requests.writes().count());
        series.add("of these lists and watches", "", reads);
        series.add(
            PER_OBJECT,
            "",
            (double) requests.filter(it -> !it.time().isAfter(applied)).count() / objects);
        series.add("requests per object until ready", "", (double) requests.count() / objects);
        series.add(
            "requests per object until ready, without lists and watches",
            "",
            (double) (requests.count() - reads) / objects);
        return requests.countsByVerbAndResource();
      }
    }
  }

  private static Instant appliedAt(Requests requests) {
    return requests.resource("addons.k3s.cattle.io").writes().stream()
        .map(Request::time)
        .max(Instant::compareTo)
        .orElseThrow(() -> new BenchmarkFailedException("no Addon was written"));
  }
}
