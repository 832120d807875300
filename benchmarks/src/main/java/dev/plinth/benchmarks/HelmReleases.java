package dev.plinth.benchmarks;

import com.google.common.math.Quantiles;
import dev.plinth.controlplane.ControlPlane;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** How long a chart takes to be a release, and a change to be a revision; and what many leave. */
final class HelmReleases implements Benchmark {

  private static final String FIRST = "HelmChart created → deployed, the first of the process";
  private static final String CREATED = "HelmChart created → deployed";
  private static final String CHANGED = "HelmChartConfig changed → new revision deployed";
  private static final String HEAP = "heap after garbage collection";
  private static final String RESIDENT = "resident memory";
  private static final double MEGABYTE = 1 << 20;
  private static final String CHANGING = "changing";

  @Override
  public String name() {
    return "helm-releases";
  }

  @Override
  public String description(Settings settings) {
    return "HelmCharts with the compact chart in them, in process: one after another %d are created; then the HelmChartConfig of one is changed %d times, each change after the revision of the one before. Times are from before the write until another client's watch has the release, deployed. Memory is that of the benchmark's own JVM, in which Plinth runs."
        .formatted(charts(settings), changes(settings));
  }

  private static int charts(Settings settings) {
    return settings.size(20, 2);
  }

  private static int changes(Settings settings) {
    return settings.size(300, 2);
  }

  /** The operation to compare the last one with. */
  private static int early(Settings settings) {
    return settings.size(100, 1);
  }

  @Override
  public List<Measurement> run(Settings settings) throws Exception {
    Series series = new Series();
    try (ControlPlane controlPlane = ControlPlanes.complete(settings).audit(false).start();
        TemporaryDirectory data = TemporaryDirectory.create();
        TemporaryDirectory charts = TemporaryDirectory.create();
        Host host = Host.withHelm(controlPlane.clientConfig(), data.path());
        Arrivals arrivals = Arrivals.ofReleases(controlPlane.client())) {
      host.awaitReady();
      CompactChart chart = CompactChart.packInto(charts.path());
      series.add(FIRST, create(controlPlane.client(), chart, arrivals, "first"));
      for (int i = 1; i <= charts(settings); i++) {
        series.add(CREATED, create(controlPlane.client(), chart, arrivals, "bench-" + i));
      }
      change(settings, series, controlPlane.client(), chart, arrivals);
    }
    series.aim(FIRST, Goal.under(2.5));
    series.aim(CREATED, Goal.under(1));
    series.aim(CHANGED + ", median", Goal.under(0.7));
    series.aim(growth(HEAP), Goal.atMost(1.05));
    series.aim(growth(RESIDENT), Goal.atMost(1.05));
    return series.measurements();
  }

  private static Duration create(
      KubernetesClient client, CompactChart chart, Arrivals arrivals, String name)
      throws Exception {
    Arrivals.Arrival deployed = arrivals.expect(name, "1");
    long begin = System.nanoTime();
    chart.create(client, name);
    return Duration.ofNanos(deployed.await() - begin);
  }

  private static void change(
      Settings settings,
      Series series,
      KubernetesClient client,
      CompactChart chart,
      Arrivals arrivals)
      throws Exception {
    create(client, chart, arrivals, CHANGING);
    List<Double> seconds = new ArrayList<>();
    double earlyHeap = 0;
    double earlyResident = 0;
    for (int change = 1; change <= changes(settings); change++) {
      Arrivals.Arrival deployed = arrivals.expect(CHANGING, String.valueOf(change + 1));
      long begin = System.nanoTime();
      CompactChart.configure(client, CHANGING, 1_000 + change);
      seconds.add((deployed.await() - begin) / 1e9);
      if (change == early(settings)) {
        earlyHeap = heap();
        earlyResident = resident();
      }
    }
    series.add(CHANGED + ", median", "s", Quantiles.median().compute(seconds));
    series.add(CHANGED + ", p99", "s", Quantiles.percentiles().index(99).compute(seconds));
    series.add(HEAP, "MiB", heap() / MEGABYTE);
    series.add(growth(HEAP), "", heap() / earlyHeap);
    series.add(RESIDENT, "MiB", resident() / MEGABYTE);
    series.add(growth(RESIDENT), "", resident() / earlyResident);
  }

  private static String growth(String what) {
    return what + ": last change to the 100th";
  }

  private static double heap() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  /** As Linux tells it, with what the native library has. */
  private static double resident() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(it -> it.startsWith("VmRSS:"))
            .mapToDouble(it -> Double.parseDouble(it.replaceAll("[^0-9]", "")))
            .findFirst()
            .orElseThrow()
        * 1024;
  }
}
