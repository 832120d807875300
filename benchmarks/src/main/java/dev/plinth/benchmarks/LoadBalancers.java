package dev.plinth.benchmarks;

import static org.awaitility.Awaitility.await;

import dev.plinth.controlplane.ControlPlane;
import dev.plinth.controlplane.Mark;
import dev.plinth.controlplane.Request;
import dev.plinth.controlplane.Requests;
import dev.plinth.controlplane.SimulatedNode;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Many Services at once, and what a node's change costs when they are there. */
final class LoadBalancers implements Benchmark {

  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final Duration PACE = Duration.ofMillis(400);
  private static final String ENABLE_LB = "svccontroller.k3s.cattle.io/enablelb";
  private static final String NEW_ADDRESS = "203.0.113.7";

  private static final String FIRST = "first pod of a Service ready → first address, p99";
  private static final String EVERY = "a pod ready → its node's address, p99";
  private static final String SURPLUS =
      "Services with more status writes than 1 + (last ready - first ready) / 400 ms";
  private static final String CHANGE = "ExternalIP of a node changed → last status right";
  private static final String CHANGE_WRITES = "of it: status writes per Service";
  private static final String OPT_IN = "enablelb on one node → last DaemonSet written";
  private static final String OPT_IN_WRITES = "of it: writes per DaemonSet";
  private static final String OPT_IN_OTHERS =
      "of it: writes to other objects than DaemonSets, statuses and events";
  private static final String DELETED = "last Service's deletion accepted → all DaemonSets gone";

  private final int services;
  private final int nodes;

  LoadBalancers(int services, int nodes) {
    this.services = services;
    this.nodes = nodes;
  }

  @Override
  public String name() {
    return "load-balancers-" + services;
  }

  @Override
  public String description(Settings settings) {
    return "%,d Services of type LoadBalancer are created, 16 at a time, in a cluster of %d simulated nodes, so there are %,d pods; then a node gets another ExternalIP; then one node the label enablelb; then that is taken away, and when all pods are ready again all Services are deleted. Times between a pod and an address are those of one watcher of both, the others those of the audit log."
        .formatted(count(settings), nodes, count(settings) * nodes);
  }

  private int count(Settings settings) {
    return settings.size(services, 3);
  }

  @Override
  public List<Measurement> run(Settings settings) throws Exception {
    Series series = new Series();
    // Minutes each, with many Services.
    int runs = services > 100 ? 1 : settings.runs();
    for (int run = 0; run < runs; run++) {
      once(settings, series);
    }
    series.aim("finalizer patches per Service", Goal.atMost(1));
    series.aim("DaemonSet writes per Service", Goal.atMost(1));
    series.aim("events per Service", Goal.atMost(2));
    series.aim(SURPLUS, Goal.atMost(0));
    series.aim(FIRST, Goal.atMost(0.2));
    series.aim(EVERY, Goal.atMost(0.5));
    series.aim(CHANGE, Goal.atMost(0.5));
    series.aim(CHANGE_WRITES, Goal.atMost(1));
    series.aim(OPT_IN, Goal.under(10));
    series.aim(OPT_IN_WRITES, Goal.atMost(1));
    series.aim(OPT_IN_OTHERS, Goal.atMost(0));
    series.aim(DELETED, Goal.atMost(10));
    return series.measurements();
  }

  private void once(Settings settings, Series series) throws Exception {
    try (ControlPlane controlPlane = ControlPlanes.complete(settings, nodes).start();
        TemporaryDirectory data = TemporaryDirectory.create();
        Host host = Host.withServiceLb(controlPlane.clientConfig(), data.path());
        ServiceTimes times = new ServiceTimes(controlPlane.client(), addresses())) {
      host.awaitReady();
      int count = count(settings);
      create(controlPlane, times, count, series);
      changeAddress(controlPlane, times, count, series);
      optIn(controlPlane, count, series);
      optOut(controlPlane, times, count);
      delete(controlPlane, count, series);
    }
  }

  private Map<String, String> addresses() {
    return IntStream.rangeClosed(1, nodes)
        .mapToObj(SimulatedNode::numbered)
        .collect(Collectors.toMap(SimulatedNode::name, it -> it.addresses().get(0).address()));
  }

  private void create(ControlPlane controlPlane, ServiceTimes times, int count, Series series)
      throws Exception {
    LoadBalancerCluster cluster = new LoadBalancerCluster(controlPlane.client());
    Mark mark = controlPlane.mark();
    Instant start = Instant.now();
    cluster.createAll(count);
    series.add("creating the Services takes", Duration.between(start, Instant.now()));
    await().atMost(PATIENCE).until(() -> times.complete() == count);
    Instant end = Instant.now();
    await().atMost(PATIENCE).until(() -> isQuiet(controlPlane));
    Requests ours = controlPlane.requestsSince(mark).userAgent(Host.USER_AGENT).withoutLeases();
    series.add(
        "start → first address of a Service, median",
        "s",
        ServiceTimes.percentile(
            50, times.firstAddresses().stream().map(it -> Duration.between(start, it)).toList()));
    series.add("start → all addresses of all", Duration.between(start, end));
    series.add(FIRST, "s", ServiceTimes.percentile(99, times.fromFirstReadyToFirstAddress()));
    series.add(EVERY, "s", ServiceTimes.percentile(99, times.fromReadyToAddress()));
    series.add(
        "a pod ready → its node's address, median",
        "s",
        ServiceTimes.percentile(50, times.fromReadyToAddress()));
    Requests writes = ours.writes();
    series.add("finalizer patches per Service", "", each(writes, "services", count));
    series.add("DaemonSet writes per Service", "", each(writes, "daemonsets.apps", count));
    series.add("events per Service", "", each(writes, "events", count));
    series.add("status writes per Service", "", each(writes, "services/status", count));
    series.add("reads per Service", "", (double) (ours.count() - writes.count()) / count);
    Map<String, Long> statusWrites =
        writes.resource("services/status").stream()
            .collect(Collectors.groupingBy(Request::name, Collectors.counting()));
    series.add(
        SURPLUS,
        "",
        times.spans().entrySet().stream()
            .filter(it -> statusWrites.get(it.getKey()) > allowed(it.getValue()))
            .count());
    Narration.tell("requests: " + ours.countsByVerbAndResource());
  }

  private static long allowed(Duration span) {
    // Begun periods count, and the watcher's clock is not the writer's.
    return 2 + span.toMillis() / PACE.toMillis();
  }

  private static double each(Requests requests, String resource, int count) {
    return (double) requests.resource(resource).count() / count;
  }

  private void changeAddress(
      ControlPlane controlPlane, ServiceTimes times, int count, Series series) {
    Mark mark = controlPlane.mark();
    controlPlane.client().nodes().withName("node-1").editStatus(LoadBalancers::withNewAddress);
    Instant changed = lastWrite(controlPlane, mark, it -> it.resource().equals("nodes"));
    await().atMost(PATIENCE).until(() -> times.with(NEW_ADDRESS) == count);
    await().atMost(PATIENCE).until(() -> isQuiet(controlPlane));
    List<Duration> delays =
        times.whenListed(NEW_ADDRESS).stream().map(it -> Duration.between(changed, it)).toList();
    series.add(
        "ExternalIP changed → status right, median", "s", ServiceTimes.percentile(50, delays));
    series.add(CHANGE, "s", ServiceTimes.percentile(100, delays));
    Requests writes = controlPlane.requestsSince(mark).userAgent(Host.USER_AGENT).writes();
    series.add(CHANGE_WRITES, "", each(writes, "services/status", count));
  }

  private static Node withNewAddress(Node node) {
    return new NodeBuilder(node)
        .editStatus()
        .addNewAddress(NEW_ADDRESS, "ExternalIP")
        .endStatus()
        .build();
  }

  private void optIn(ControlPlane controlPlane, int count, Series series) {
    Mark mark = controlPlane.mark();
    label(controlPlane, it -> it.put(ENABLE_LB, "true"));
    Instant labelled = lastWrite(controlPlane, mark, it -> it.resource().equals("nodes"));
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                controlPlane
                        .requestsSince(mark)
                        .userAgent(Host.USER_AGENT)
                        .resource("daemonsets.apps")
                        .count()
                    >= count);
    Requests early = controlPlane.requestsSince(mark).userAgent(Host.USER_AGENT).writes();
    await().atMost(PATIENCE).until(() -> isQuiet(controlPlane));
    Requests writes = controlPlane.requestsSince(mark).userAgent(Host.USER_AGENT).writes();
    Instant last =
        lastWrite(controlPlane, mark, it -> it.resource().equals("daemonsets") && isOurs(it));
    series.add(OPT_IN, Duration.between(labelled, last));
    series.add(OPT_IN_WRITES, "", each(writes, "daemonsets.apps", count));
    series.add(
        OPT_IN_OTHERS,
        "",
        early
            .filter(
                it ->
                    !List.of("daemonsets.apps", "services/status", "events")
                        .contains(it.qualifiedResource()))
            .count());
  }

  /** All pods are there and ready afterwards, so that their controllers have nothing else to do. */
  private void optOut(ControlPlane controlPlane, ServiceTimes times, int count) {
    await().atMost(PATIENCE).until(() -> times.readyPods() == count);
    label(controlPlane, it -> it.remove(ENABLE_LB));
    await().atMost(PATIENCE).until(() -> times.readyPods() == count * nodes);
    await().atMost(PATIENCE).until(() -> isQuiet(controlPlane));
  }

  private static void label(ControlPlane controlPlane, Consumer<Map<String, String>> change) {
    controlPlane
        .client()
        .nodes()
        .withName("node-2")
        .edit(
            it -> {
              Map<String, String> labels = new HashMap<>(it.getMetadata().getLabels());
              change.accept(labels);
              return new NodeBuilder(it).editMetadata().withLabels(labels).endMetadata().build();
            });
  }

  private void delete(ControlPlane controlPlane, int count, Series series) throws Exception {
    LoadBalancerCluster cluster = new LoadBalancerCluster(controlPlane.client());
    Mark mark = controlPlane.mark();
    cluster.deleteAll(count);
    Instant last =
        lastWrite(
            controlPlane,
            mark,
            it -> it.resource().equals("services") && it.verb().equals("delete"));
    await().atMost(PATIENCE).until(() -> cluster.daemonSets() == 0);
    Instant gone =
        lastWrite(
            controlPlane,
            mark,
            it -> it.resource().equals("daemonsets") && it.verb().equals("delete"));
    series.add(DELETED, Duration.between(last, gone));
    Narration.tell(
        "requests until they are deleted: "
            + controlPlane
                .requestsSince(mark)
                .userAgent(Host.USER_AGENT)
                .countsByVerbAndResource());
  }

  private static boolean isOurs(Request request) {
    return request.userAgent().startsWith(Host.USER_AGENT);
  }

  private static Instant lastWrite(
      ControlPlane controlPlane, Mark since, Predicate<Request> which) {
    return controlPlane.requestsSince(since).writes().filter(which).stream()
        .map(Request::time)
        .max(Instant::compareTo)
        .orElseThrow();
  }

  /** Whether nothing of ours has come for some seconds. */
  private static boolean isQuiet(ControlPlane controlPlane) throws InterruptedException {
    Mark mark = controlPlane.mark();
    Thread.sleep(2_000);
    return controlPlane.requestsSince(mark).userAgent(Host.USER_AGENT).writes().isEmpty();
  }
}
