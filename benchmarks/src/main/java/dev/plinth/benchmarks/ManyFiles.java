package dev.plinth.benchmarks;

import com.google.common.math.Quantiles;
import dev.plinth.controlplane.ControlPlane;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Many files of several objects each: applied, found unchanged, one changed, and their memory. */
final class ManyFiles implements Benchmark {

  private static final String RATIO = "ratio of requests per second, ours to bare, pair by pair";
  private static final String RESTART_WRITES = "restart: writes";
  private static final String RESTART_TIME = "restart: start → all READY";
  private static final String CHANGED = "one file changed among them → in the cluster, median";
  private static final String HEAP = "heap for all of them, after garbage collection";
  private static final String PREFIX = "many";
  private static final int OBJECTS_EACH = 10;
  private static final double MEGABYTE = 1 << 20;

  @Override
  public String name() {
    return "many-files";
  }

  @Override
  public String description(Settings settings) {
    return "%,d users' files of %d ConfigMaps of about 300 bytes, on API server and etcd alone, without audit log. Ours: from start() until all files are READY, everything in it. Bare: the JDK's HTTP client sends the same requests, recorded in the run before it, 16 at a time, and reads the answers; it has the same watches open. Ours and bare take turns, and all is deleted in between. The heap is that of a JVM of its own that has restarted on them."
        .formatted(files(settings), OBJECTS_EACH);
  }

  @Override
  public List<Measurement> run(Settings settings) throws Exception {
    Series series = new Series();
    try (ControlPlane controlPlane = ControlPlanes.apiServerOnly(settings).audit(false).start();
        BareClient bare = new BareClient(controlPlane.clientConfig());
        Arrivals arrivals = Arrivals.ofConfigMaps(controlPlane.client())) {
      for (int run = -settings.warmUps(); run < settings.runs(); run++) {
        boolean last = run == settings.runs() - 1;
        pair(settings, controlPlane, bare, arrivals, run < 0 ? new Series() : series, last);
      }
    }
    series.aim(RATIO, Goal.atLeast(0.7));
    series.aim(RESTART_WRITES, Goal.atMost(0));
    series.aim(RESTART_TIME, Goal.under(3));
    series.aim(CHANGED, Goal.under(75));
    series.aim(HEAP, Goal.under(128));
    return series.measurements();
  }

  private static int files(Settings settings) {
    return settings.size(1_000, 5);
  }

  private static void pair(
      Settings settings,
      ControlPlane controlPlane,
      BareClient bare,
      Arrivals arrivals,
      Series series,
      boolean withHeap)
      throws Exception {
    try (TemporaryDirectory data = TemporaryDirectory.create()) {
      ManifestDirectory manifests = ManifestDirectory.in(data);
      manifests.writeMany(PREFIX, files(settings), OBJECTS_EACH);
      TimedStart.HostMaker maker =
          recorder -> Host.withFiles(controlPlane.clientConfig(), data.path(), recorder);
      TimedStart ours;
      try (TimedStart.Running first = TimedStart.run(maker, Host::awaitFilesToo)) {
        ours = first.start();
      }
      try (TimedStart.Running again = TimedStart.run(maker, Host::awaitFilesToo)) {
        addRestart(series, again.start());
        addChanges(settings, series, manifests, arrivals);
      }
      if (withHeap) {
        addHeap(series, controlPlane, data);
      }
      delete(controlPlane, bare);
      BareComparison comparison = BareComparison.run(RATIO, ours, bare);
      delete(controlPlane, bare);
      comparison.addTo(series, files(settings) * OBJECTS_EACH);
      double requests = ours.requests().size();
      series.add("requests but watches, for each file", "", requests / files(settings));
    }
  }

  private static void addRestart(Series series, TimedStart again) {
    long writes = again.requests().stream().filter(RecordedRequest::isWrite).count();
    BenchmarkFailedException.unless(writes == 0, "a restart wrote %d times", writes);
    series.add(RESTART_WRITES, "", writes);
    series.add("restart: requests but watches", "", again.requests().size());
    series.add("restart: watches", "", again.watches().size());
    series.add(RESTART_TIME, again.time());
    series.add("restart: processor time of the JVM", again.cpu());
  }

  private static void addChanges(
      Settings settings, Series series, ManifestDirectory manifests, Arrivals arrivals)
      throws Exception {
    List<Double> milliseconds = new ArrayList<>();
    for (int i = 0; i < settings.size(20, 2); i++) {
      Arrivals.Arrival arrival = arrivals.expect(PREFIX + "-" + i + "-0", "changed");
      long written = System.nanoTime();
      manifests.writeOneOfMany(PREFIX, i, OBJECTS_EACH, "changed");
      milliseconds.add((arrival.await() - written) / 1e6);
    }
    series.add(CHANGED, "ms", Quantiles.median().compute(milliseconds));
    series.add(
        "one file changed, longest",
        "ms",
        milliseconds.stream().mapToDouble(it -> it).max().orElseThrow());
  }

  private static void addHeap(Series series, ControlPlane controlPlane, TemporaryDirectory data)
      throws Exception {
    try (ForkedHost host = ForkedHost.startWithFiles(controlPlane, data.path())) {
      host.awaitReady();
      ForkedHost.Contents contents = host.contents();
      series.add(HEAP, "MiB", contents.heapBytes() / MEGABYTE);
      series.add("Java threads with them", "", contents.threads());
    }
  }

  private static void delete(ControlPlane controlPlane, BareClient bare) throws Exception {
    for (String path :
        List.of(
            "/api/v1/namespaces/default/configmaps?labelSelector=applyset.kubernetes.io%2Fpart-of",
            "/apis/k3s.cattle.io/v1/namespaces/kube-system/addons",
            "/api/v1/namespaces/kube-system/events")) {
      URI uri = controlPlane.server().resolve(path);
      bare.send(
          new RecordedRequest("DELETE", uri, Optional.empty(), Optional.empty(), Duration.ZERO));
    }
  }
}
