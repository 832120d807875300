package dev.plinth.benchmarks;

import com.google.common.math.Quantiles;
import dev.plinth.controlplane.ControlPlane;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** How long a file takes to be in the cluster. */
final class FileLatency implements Benchmark {

  private static final int SHORTEST_PAUSE = 20;
  private static final int LONGEST_PAUSE = 60;
  private static final int WARM_UP = 50;

  @Override
  public String name() {
    return "file-latency";
  }

  @Override
  public String description(Settings settings) {
    return "From before a user's file of one ConfigMap is written until another client's watch has the object, one after another with pauses of %d to %d ms, on API server and etcd alone: %d new files and as many changes in each run, first alone and then beside %,d other files. The percentiles are those of one run."
        .formatted(SHORTEST_PAUSE, LONGEST_PAUSE, samples(settings), others(settings));
  }

  @Override
  public List<Measurement> run(Settings settings) throws Exception {
    Series series = new Series();
    for (int run = 0; run < settings.runs(); run++) {
      once(settings, series, run);
    }
    for (String what : List.of("new file", "changed file")) {
      for (String where : List.of("", beside(settings))) {
        series.aim(what + where + ", p50", Goal.under(75));
        series.aim(what + where + ", p99", Goal.under(250));
      }
    }
    return series.measurements();
  }

  private static int samples(Settings settings) {
    return settings.size(200, 3);
  }

  private static int others(Settings settings) {
    return settings.size(1_000, 5);
  }

  private static String beside(Settings settings) {
    return " beside %,d others".formatted(others(settings));
  }

  private static void once(Settings settings, Series series, int seed) throws Exception {
    try (ControlPlane controlPlane = ControlPlanes.apiServerOnly(settings).audit(false).start();
        TemporaryDirectory data = TemporaryDirectory.create();
        Arrivals arrivals = Arrivals.ofConfigMaps(controlPlane.client())) {
      ManifestDirectory manifests = ManifestDirectory.in(data);
      try (Host host = Host.withFiles(controlPlane.clientConfig(), data.path())) {
        host.awaitFilesToo();
        Random random = new Random(seed);
        if (!settings.shortForm()) {
          sample(manifests, arrivals, "warm-up", WARM_UP, "1", random);
        }
        sample(settings, series, manifests, arrivals, "alone", "", random);
        manifests.writeMany("other", others(settings), 1);
        host.awaitFilesToo();
        sample(settings, series, manifests, arrivals, "beside", beside(settings), random);
      }
    }
  }

  private static void sample(
      Settings settings,
      Series series,
      ManifestDirectory manifests,
      Arrivals arrivals,
      String prefix,
      String where,
      Random random)
      throws Exception {
    int samples = samples(settings);
    add(series, "new file" + where, sample(manifests, arrivals, prefix, samples, "1", random));
    add(series, "changed file" + where, sample(manifests, arrivals, prefix, samples, "2", random));
  }

  private static void add(Series series, String what, List<Double> milliseconds) {
    series.add(what + ", p50", "ms", Quantiles.median().compute(milliseconds));
    series.add(what + ", p99", "ms", Quantiles.percentiles().index(99).compute(milliseconds));
    series.add(
        what + ", longest", "ms", milliseconds.stream().mapToDouble(it -> it).max().orElseThrow());
  }

  private static List<Double> sample(
      ManifestDirectory manifests,
      Arrivals arrivals,
      String prefix,
      int samples,
      String value,
      Random random)
      throws Exception {
    List<Double> milliseconds = new ArrayList<>();
    for (int i = 0; i < samples; i++) {
      Thread.sleep(random.nextInt(SHORTEST_PAUSE, LONGEST_PAUSE));
      String name = prefix + "-" + i;
      Arrivals.Arrival arrival = arrivals.expect(name, value);
      long written = System.nanoTime();
      manifests.write(name + ".yaml", ManifestDirectory.configMap(name, value));
      milliseconds.add((arrival.await() - written) / 1e6);
    }
    return milliseconds;
  }
}
