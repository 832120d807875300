package dev.plinth.benchmarks;

import dev.plinth.addon.Addon;
import dev.plinth.addon.PackagedManifest;
import dev.plinth.config.ServerConfig;
import dev.plinth.controlplane.ControlPlane;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Many small objects, against the same requests from a bare client. */
final class ConfigMaps implements Benchmark {

  private static final String NAME = "benchmark";
  private static final String RATIO = "ratio of requests per second, ours to bare, pair by pair";
  private static final String AGAIN = "again: requests for single ConfigMaps";

  @Override
  public String name() {
    return "config-maps";
  }

  @Override
  public String description(Settings settings) {
    return "%,d ConfigMaps of about 300 bytes in one manifest, on API server and etcd alone, without audit log. Ours: from start() until READY, so everything is in it: client, staging, parsing, the Addon, events. Bare: the JDK's HTTP client sends the same requests, recorded in the run before it, 16 at a time, and reads the answers; it has the same watches open. Ours and bare take turns, and all objects are deleted in between."
        .formatted(objects(settings));
  }

  @Override
  public List<Measurement> run(Settings settings) throws Exception {
    Series series = new Series();
    ManyConfigMaps addon = new ManyConfigMaps(objects(settings));
    try (ControlPlane controlPlane = ControlPlanes.apiServerOnly(settings).audit(false).start();
        BareClient bare = new BareClient(controlPlane.clientConfig())) {
      for (int run = -3 * settings.warmUps(); run < settings.runs(); run++) {
        pair(controlPlane, bare, addon, run < 0 ? new Series() : series);
      }
    }
    series.aim(RATIO, Goal.atLeast(0.7));
    series.aim(AGAIN, Goal.atMost(0));
    return series.measurements();
  }

  private static int objects(Settings settings) {
    return settings.size(2_000, 20);
  }

  private static void pair(
      ControlPlane controlPlane, BareClient bare, ManyConfigMaps addon, Series series)
      throws Exception {
    try (TemporaryDirectory data = TemporaryDirectory.create()) {
      TimedStart ours = start(controlPlane, addon, data);
      TimedStart again = start(controlPlane, addon, data);
      long single = again.requests().stream().filter(ConfigMaps::isForOneConfigMap).count();
      BenchmarkFailedException.unless(single == 0, "again, %d requests were sent", single);
      delete(controlPlane, bare);
      BareComparison comparison = BareComparison.run(RATIO, ours, bare);
      delete(controlPlane, bare);
      comparison.addTo(series, addon.count());
      addPhases(series, ours);
      series.add("requests but watches", "", ours.requests().size());
      series.add("watches", "", ours.watches().size());
      series.add(AGAIN, "", single);
      series.add("again: requests but watches", "", again.requests().size());
      series.add("again: time", again.time());
    }
  }

  /** Where our time goes: before the first object, looking at objects, writing them, the rest. */
  private static void addPhases(Series series, TimedStart ours) {
    List<Duration> reads = sent(ours, "GET");
    List<Duration> writes = sent(ours, "PATCH");
    Duration firstRead = reads.get(0);
    Duration firstWrite = writes.get(0);
    Duration lastWrite = writes.get(writes.size() - 1);
    series.add("of this: until the first object is looked at", firstRead);
    series.add("of this: looking whether they exist", firstWrite.minus(firstRead));
    series.add("of this: writing them", lastWrite.minus(firstWrite));
    series.add("of this: until READY", ours.time().minus(lastWrite));
  }

  private static List<Duration> sent(TimedStart ours, String method) {
    return ours.requests().stream()
        .filter(it -> isForOneConfigMap(it) && it.method().equals(method))
        .map(RecordedRequest::sent)
        .sorted()
        .toList();
  }

  private static TimedStart start(
      ControlPlane controlPlane, ManyConfigMaps addon, TemporaryDirectory data) throws Exception {
    try (TimedStart.Running running =
        TimedStart.run(
            recorder -> Host.with(addon, controlPlane.clientConfig(), data.path(), recorder),
            host -> awaitAll(host, addon))) {
      return running.start();
    }
  }

  private static void awaitAll(Host host, ManyConfigMaps addon) throws InterruptedException {
    int objects = host.awaitReady().addon(NAME).orElseThrow().objects();
    BenchmarkFailedException.unless(
        objects == addon.count(), "%d objects instead of %d", objects, addon.count());
  }

  private static boolean isForOneConfigMap(RecordedRequest request) {
    return request.uri().getPath().contains("/configmaps/" + NAME);
  }

  private static void delete(ControlPlane controlPlane, BareClient bare) throws Exception {
    for (String path :
        List.of(
            "/api/v1/namespaces/default/configmaps?labelSelector=plinth.dev/addon",
            "/apis/k3s.cattle.io/v1/namespaces/kube-system/addons/" + NAME,
            "/api/v1/namespaces/kube-system/events")) {
      bare.send(delete(controlPlane, path));
    }
  }

  private static RecordedRequest delete(ControlPlane controlPlane, String path) {
    URI uri = controlPlane.server().resolve(path);
    return new RecordedRequest("DELETE", uri, Optional.empty(), Optional.empty(), Duration.ZERO);
  }

  /** An add-on of ConfigMaps only. */
  private record ManyConfigMaps(int count) implements Addon {

    private static final String TEXT = "x".repeat(200);
    private static final String CONFIG_MAP =
        """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: benchmark-%1$d, namespace: default}
        data: {number: "%1$d", text: %2$s}
        """;

    @Override
    public String name() {
      return NAME;
    }

    @Override
    public String description() {
      return "ConfigMaps";
    }

    @Override
    public List<PackagedManifest> manifests(ServerConfig config) {
      String yaml =
          IntStream.range(0, count)
              .mapToObj(number -> CONFIG_MAP.formatted(number, TEXT))
              .collect(Collectors.joining("---\n"));
      return List.of(new PackagedManifest(NAME + ".yaml", yaml));
    }
  }
}
