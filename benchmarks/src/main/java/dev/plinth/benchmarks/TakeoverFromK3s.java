package dev.plinth.benchmarks;

import dev.plinth.controlplane.ControlPlane;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;

/** The first start on a cluster that K3s ran. */
final class TakeoverFromK3s implements Benchmark {

  private static final int ADDONS = 10;
  private static final String ALL = "start → all of them taken over and READY";
  private static final String WRITES = "writes per object";
  private static final String LISTS = "lists of K3s's objects per kind";
  private static final Pattern OBJECTS =
      Pattern.compile("/namespaces/default/(deployments|configmaps|secrets|services)/");
  private static final int KINDS = 4;

  @Override
  public String name() {
    return "takeover";
  }

  @Override
  public String description(Settings settings) {
    return "A server with %d users' files starts on a cluster that has their %d objects from K3s, %d Deployments with a pod among them; in a complete control plane with one simulated node. One field of most objects is K3s's alone and goes; no pod may be another afterwards."
        .formatted(ADDONS, objects(settings), ADDONS);
  }

  @Override
  public List<Measurement> run(Settings settings) throws Exception {
    Series series = new Series();
    try (ControlPlane controlPlane = ControlPlanes.complete(settings).audit(false).start()) {
      for (int run = -settings.warmUps(); run < settings.runs(); run++) {
        once(controlPlane, settings, run + 1, run < 0 ? new Series() : series);
      }
    }
    series.aim(ALL, Goal.under(20));
    series.aim(WRITES, Goal.atMost(2));
    series.aim(LISTS, Goal.atMost(1));
    return series.measurements();
  }

  private static int objects(Settings settings) {
    return settings.size(500, 50);
  }

  private static void once(ControlPlane controlPlane, Settings settings, int run, Series series)
      throws Exception {
    try (TemporaryDirectory data = TemporaryDirectory.create()) {
      ManifestDirectory manifests = ManifestDirectory.in(data);
      // What K3s's own definition lacks, a status, is no matter here.
      try (Host host = Host.withFiles(controlPlane.clientConfig(), data.path())) {
        host.awaitFilesToo();
      }
      try (KubernetesClient k3s = clientOfK3s(controlPlane)) {
        for (int i = 0; i < ADDONS; i++) {
          K3sAddon addon =
              new K3sAddon("takeover-%d-%d".formatted(run, i), objects(settings) / ADDONS);
          addon.leave(k3s);
          manifests.write(addon.name() + ".yaml", addon.manifest(""));
        }
      }
      Set<String> pods = awaitPods(controlPlane.client(), run);
      Recorder recorder = new Recorder();
      long begin = System.nanoTime();
      try (Host host = Host.withFiles(controlPlane.clientConfig(), data.path(), recorder)) {
        host.awaitFilesToo();
        series.add(ALL, "s", (System.nanoTime() - begin) / 1e9);
      }
      BenchmarkFailedException.unless(
          pods.equals(pods(controlPlane.client(), run)), "pods were restarted");
      List<RecordedRequest> requests = recorder.answeredAtOnce();
      series.add(
          WRITES,
          "",
          (double)
                  requests.stream()
                      .filter(RecordedRequest::isWrite)
                      .filter(it -> OBJECTS.matcher(it.uri().getPath()).find())
                      .count()
              / objects(settings));
      series.add(
          LISTS,
          "",
          (double)
                  requests.stream()
                      .filter(it -> String.valueOf(it.uri().getQuery()).contains("objectset"))
                      .count()
              / KINDS);
    }
  }

  private static KubernetesClient clientOfK3s(ControlPlane controlPlane) {
    Config config =
        new ConfigBuilder(controlPlane.clientConfig()).withUserAgent("deploy@k3s").build();
    return new KubernetesClientBuilder().withConfig(config).build();
  }

  private static Set<String> awaitPods(KubernetesClient client, int run) {
    Awaitility.await().until(() -> pods(client, run).size() == ADDONS);
    return pods(client, run);
  }

  private static Set<String> pods(KubernetesClient client, int run) {
    return client.pods().inNamespace("default").list().getItems().stream()
        .filter(it -> it.getMetadata().getName().startsWith("takeover-%d-".formatted(run)))
        .filter(it -> "Running".equals(it.getStatus().getPhase()))
        .map(Pod::getMetadata)
        .map(it -> it.getUid())
        .collect(Collectors.toSet());
  }
}
