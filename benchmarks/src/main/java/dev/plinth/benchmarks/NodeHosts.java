package dev.plinth.benchmarks;

import static org.awaitility.Awaitility.await;

import dev.plinth.controlplane.ControlPlane;
import dev.plinth.controlplane.Mark;
import dev.plinth.controlplane.Request;
import dev.plinth.controlplane.Requests;
import dev.plinth.controlplane.SimulatedNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;

/** Many nodes that come at once. */
final class NodeHosts implements Benchmark {

  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** Longer than the controller gathers changes. */
  private static final Duration AFTERMATH = Duration.ofSeconds(6);

  private static final String FROM_LAST = "last node created → all in NodeHosts";
  private static final String WRITES = "writes of the ConfigMap";

  @Override
  public String name() {
    return "node-hosts";
  }

  @Override
  public String description(Settings settings) {
    return "%,d nodes are created, 16 at a time, in a complete cluster in which CoreDNS is ready; KWOK and the controllers work on them meanwhile. Times are those of the audit log."
        .formatted(nodes(settings));
  }

  @Override
  public List<Measurement> run(Settings settings) throws Exception {
    Series series = new Series();
    for (int run = 0; run < settings.runs(); run++) {
      once(settings, series);
    }
    series.aim(FROM_LAST, Goal.atMost(3));
    series.aim(WRITES, Goal.atMost(6));
    return series.measurements();
  }

  private static int nodes(Settings settings) {
    return settings.size(1_000, 20);
  }

  private static void once(Settings settings, Series series) throws Exception {
    try (ControlPlane controlPlane = ControlPlanes.complete(settings).start();
        TemporaryDirectory data = TemporaryDirectory.create();
        Host host = Host.withCoreDns(controlPlane.clientConfig(), data.path())) {
      host.awaitReady();
      Mark mark = controlPlane.mark();
      controlPlane.addNodes(
          IntStream.rangeClosed(2, 1 + nodes(settings)).mapToObj(SimulatedNode::numbered).toList());
      await().atMost(PATIENCE).until(() -> lines(controlPlane) == 1 + nodes(settings));
      Thread.sleep(AFTERMATH.toMillis());
      Requests requests = controlPlane.requestsSince(mark);
      List<Instant> created = times(requests.resource("nodes").verb("create"));
      Requests writes = requests.userAgent(Host.USER_AGENT).resource("configmaps").writes();
      Instant done = times(writes).get(writes.count() - 1);
      Instant first = created.get(0);
      Instant last = created.get(created.size() - 1);
      series.add(FROM_LAST, Duration.between(last, done));
      series.add("first node created → all in NodeHosts", Duration.between(first, done));
      series.add("creating the nodes takes", Duration.between(first, last));
      series.add(WRITES, "", writes.count());
      series.add("of these refused", "", writes.filter(it -> it.code() >= 400).count());
      series.add("all requests", "", requests.userAgent(Host.USER_AGENT).count());
    }
  }

  private static List<Instant> times(Requests requests) {
    return requests.stream().map(Request::time).sorted().toList();
  }

  private static long lines(ControlPlane controlPlane) {
    return controlPlane
        .client()
        .configMaps()
        .inNamespace("kube-system")
        .withName("coredns")
        .get()
        .getData()
        .get("NodeHosts")
        .lines()
        .filter(it -> !it.startsWith("#"))
        .count();
  }
}
