package dev.plinth.benchmarks;

import dev.plinth.controlplane.ControlPlane;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Objects that somebody else changes at once. */
final class Drift implements Benchmark {

  private static final int AT_ONCE = 16;
  private static final String FROM_LAST = "last foreign write → all repaired";
  private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);
  private static final String FOREIGN = "{\"data\":{\"value\":\"foreign\"}}";

  @Override
  public String name() {
    return "drift";
  }

  @Override
  public String description(Settings settings) {
    return "Another client changes a declared field of %d ConfigMaps of one user's file, %d at a time, on API server and etcd alone; until its watch has all of them with the declared value again."
        .formatted(objects(settings), AT_ONCE);
  }

  @Override
  public List<Measurement> run(Settings settings) throws Exception {
    Series series = new Series();
    try (ControlPlane controlPlane = ControlPlanes.apiServerOnly(settings).audit(false).start()) {
      for (int run = -settings.warmUps(); run < settings.runs(); run++) {
        once(controlPlane, settings, "drift" + (run + 1), run < 0 ? new Series() : series);
      }
    }
    series.aim(FROM_LAST, Goal.under(1));
    return series.measurements();
  }

  private static int objects(Settings settings) {
    return settings.size(100, 5);
  }

  private static void once(ControlPlane controlPlane, Settings settings, String file, Series series)
      throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
    try (TemporaryDirectory data = TemporaryDirectory.create();
        Arrivals arrivals = Arrivals.ofConfigMaps(controlPlane.client())) {
      List<String> names = new ArrayList<>();
      for (int i = 0; i < objects(settings); i++) {
        names.add(file + "-0-" + i);
      }
      List<Arrivals.Arrival> applied = expect(arrivals, names);
      ManifestDirectory.in(data).writeMany(file, 1, objects(settings));
      try (Host host = Host.withFiles(controlPlane.clientConfig(), data.path())) {
        host.awaitFilesToo();
        awaitLast(applied);
        List<Arrivals.Arrival> repaired = expect(arrivals, names);
        long begin = System.nanoTime();
        List<Future<?>> writes = new ArrayList<>();
        for (String name : names) {
          writes.add(threads.submit(() -> change(controlPlane.client(), name)));
        }
        for (Future<?> write : writes) {
          write.get();
        }
        long changed = System.nanoTime();
        long end = awaitLast(repaired);
        series.add(FROM_LAST, "s", Math.max(0, end - changed) / 1e9);
        series.add("first foreign write → all repaired", "s", (end - begin) / 1e9);
        series.add("changing them takes", "s", (changed - begin) / 1e9);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static void change(KubernetesClient client, String name) {
    client.configMaps().inNamespace("default").withName(name).patch(MERGE, FOREIGN);
  }

  private static List<Arrivals.Arrival> expect(Arrivals arrivals, List<String> names) {
    return names.stream().map(it -> arrivals.expect(it, "first")).toList();
  }

  private static long awaitLast(List<Arrivals.Arrival> arrivals) throws Exception {
    long last = Long.MIN_VALUE;
    for (Arrivals.Arrival arrival : arrivals) {
      last = Math.max(last, arrival.await());
    }
    return last;
  }
}
