package dev.plinth.benchmarks;

import static org.awaitility.Awaitility.await;

import dev.plinth.controlplane.ControlPlane;
import dev.plinth.controlplane.Mark;
import dev.plinth.controlplane.Request;
import dev.plinth.controlplane.Requests;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** One more Service when there are many, and a restart when there are many and nothing to do. */
final class ThousandServices implements Benchmark {

  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final Duration AFTERMATH = Duration.ofSeconds(3);

  private static final String ONE_MORE = "one more Service → its DaemonSet, p99";
  private static final String WRITES = "restart: writes";

  @Override
  public String name() {
    return "load-balancers-existing";
  }

  @Override
  public String description(Settings settings) {
    return "%,d Services of type LoadBalancer exist, all with an address, on one simulated node. %d more are created, one after the other, each after the one before has its address; then Plinth is closed and started again, with a new client. Times are those of the audit log."
        .formatted(count(settings), more(settings));
  }

  private static int count(Settings settings) {
    return settings.size(1_000, 5);
  }

  private static int more(Settings settings) {
    return settings.size(100, 2);
  }

  @Override
  public List<Measurement> run(Settings settings) throws Exception {
    Series series = new Series();
    try (ControlPlane controlPlane = ControlPlanes.complete(settings).start();
        TemporaryDirectory data = TemporaryDirectory.create()) {
      int count = count(settings);
      try (Host host = Host.withServiceLb(controlPlane.clientConfig(), data.path());
          ServiceTimes times =
              new ServiceTimes(controlPlane.client(), Map.of("node-1", "172.31.0.1"))) {
        host.awaitReady();
        new LoadBalancerCluster(controlPlane.client()).createAll(count);
        await().atMost(PATIENCE).until(() -> times.served() == count);
        oneByOne(controlPlane, times, count, more(settings), series);
      }
      restart(controlPlane, data, series);
    }
    series.aim(ONE_MORE, Goal.under(0.1));
    series.aim(WRITES, Goal.atMost(0));
    return series.measurements();
  }

  private static void oneByOne(
      ControlPlane controlPlane, ServiceTimes times, int existing, int more, Series series)
      throws InterruptedException {
    LoadBalancerCluster cluster = new LoadBalancerCluster(controlPlane.client());
    Mark mark = controlPlane.mark();
    for (int number = existing + 1; number <= existing + more; number++) {
      cluster.create(number);
      int wanted = number;
      await()
          .pollInterval(Duration.ofMillis(10))
          .atMost(PATIENCE)
          .until(() -> times.served() == wanted);
    }
    Requests requests = controlPlane.requestsSince(mark).withoutLeases();
    List<Duration> delays = new ArrayList<>();
    for (int number = existing + 1; number <= existing + more; number++) {
      String name = LoadBalancerCluster.name(number);
      Instant created = only(requests.resource("services").verb("create"), name).time();
      Instant served =
          requests
              .resource("daemonsets.apps")
              .userAgent(Host.USER_AGENT)
              .filter(it -> it.name().startsWith("svclb-" + name + "-"))
              .list()
              .get(0)
              .time();
      delays.add(Duration.between(created, served));
    }
    series.add(
        "one more Service → its DaemonSet, median", "s", ServiceTimes.percentile(50, delays));
    series.add(ONE_MORE, "s", ServiceTimes.percentile(99, delays));
    Thread.sleep(AFTERMATH.toMillis());
  }

  private static Request only(Requests requests, String name) {
    return requests.filter(it -> it.name().equals(name)).list().get(0);
  }

  private static void restart(ControlPlane controlPlane, TemporaryDirectory data, Series series)
      throws Exception {
    Mark mark = controlPlane.mark();
    Instant start = Instant.now();
    try (Host host = Host.withServiceLb(controlPlane.clientConfig(), data.path())) {
      host.awaitReady();
      series.add("restart: start → ready", Duration.between(start, Instant.now()));
      Thread.sleep(AFTERMATH.toMillis());
      Requests requests =
          controlPlane.requestsSince(mark).userAgent(Host.USER_AGENT).withoutLeases();
      series.add(WRITES, "", requests.writes().count());
      series.add("restart: reads", "", requests.count() - requests.writes().count());
      Narration.tell("requests of the restart: " + requests.countsByVerbAndResource());
    }
  }
}
