package dev.plinth.benchmarks;

import dev.plinth.controlplane.ControlPlane;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** An upgrade through a HelmChartConfig beside the same upgrade by the {@code helm} command. */
final class HelmCommand implements Benchmark {

  private static final String RATIO = "ours to bare, of interleaved pairs";

  @Override
  public String name() {
    return "helm-command";
  }

  @Override
  public String description(Settings settings) {
    return "Two releases of the compact chart. In turn the HelmChartConfig of one gets another port, from before the write until another client's watch has the new revision deployed; and the other one gets that port by helm upgrade, version 3, as a process, until it has ended. %d pairs in each run, after warm-up."
        .formatted(pairs(settings));
  }

  private static int pairs(Settings settings) {
    return settings.size(30, 2);
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
      Arrivals.Arrival installed = arrivals.expect("ours", "1");
      chart.create(controlPlane.client(), "ours");
      installed.await();
      upgrade(controlPlane, chart, charts.path(), 1_000);
      int warmUps = settings.size(5, 0);
      for (int pair = 1; pair <= warmUps + pairs(settings); pair++) {
        Arrivals.Arrival deployed = arrivals.expect("ours", String.valueOf(pair + 1));
        long begin = System.nanoTime();
        CompactChart.configure(controlPlane.client(), "ours", 1_000 + pair);
        double ours = (deployed.await() - begin) / 1e9;
        double bare = Series.seconds(upgrade(controlPlane, chart, charts.path(), 1_000 + pair));
        if (pair > warmUps) {
          series.add(RATIO, "", ours / bare);
          series.add("ours", "s", ours);
          series.add("bare", "s", bare);
        }
      }
    }
    series.aim(RATIO, Goal.atMost(1.1));
    return series.measurements();
  }

  private static Duration upgrade(
      ControlPlane controlPlane, CompactChart chart, Path directory, int port) throws Exception {
    Path values = Files.writeString(directory.resolve("values.yaml"), CompactChart.values(port));
    List<String> arguments =
        new ArrayList<>(List.of("upgrade", "--install", "bare", chart.archive().toString()));
    arguments.addAll(List.of("--values", values.toString(), "--namespace", "default"));
    arguments.addAll(List.of("--kubeconfig", controlPlane.kubeconfig().toString()));
    long begin = System.nanoTime();
    BareHelm.run(arguments, directory);
    return Duration.ofNanos(System.nanoTime() - begin);
  }
}
