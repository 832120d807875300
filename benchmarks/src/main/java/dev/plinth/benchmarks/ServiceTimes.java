package dev.plinth.benchmarks;

import com.google.common.math.Quantiles;
import io.fabric8.kubernetes.api.model.LoadBalancerIngress;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Watches pods and Services, and notes when which pod became ready and which address came. */
final class ServiceTimes implements AutoCloseable {

  /** What was seen of one Service, by address. */
  private record Timeline(Map<String, Instant> ready, Map<String, Instant> listed) {

    Timeline() {
      this(new HashMap<>(), new HashMap<>());
    }

    static Instant first(Map<String, Instant> times) {
      return times.values().stream().min(Instant::compareTo).orElseThrow();
    }

    static Instant last(Map<String, Instant> times) {
      return times.values().stream().max(Instant::compareTo).orElseThrow();
    }
  }

  private final Map<String, String> addressOfNode;
  private final Map<String, Timeline> timelines = new HashMap<>();
  private final SharedIndexInformer<Pod> pods;
  private final SharedIndexInformer<Service> services;

  /**
   * @param addressOfNode the address that stands for each node
   */
  ServiceTimes(KubernetesClient client, Map<String, String> addressOfNode) {
    this.addressOfNode = addressOfNode;
    services =
        client
            .services()
            .inNamespace(LoadBalancerCluster.NAMESPACE)
            .inform(handler(this::noteService));
    pods =
        client
            .pods()
            .inNamespace("kube-system")
            .withLabel(LoadBalancerCluster.SERVICE_NAME)
            .inform(handler(this::notePod));
  }

  private synchronized void notePod(Pod pod) {
    if (isReady(pod)) {
      timeline(pod.getMetadata().getLabels().get(LoadBalancerCluster.SERVICE_NAME))
          .ready()
          .putIfAbsent(addressOfNode.get(pod.getSpec().getNodeName()), Instant.now());
    }
  }

  private synchronized void noteService(Service service) {
    for (LoadBalancerIngress ingress : service.getStatus().getLoadBalancer().getIngress()) {
      timeline(service.getMetadata().getName())
          .listed()
          .putIfAbsent(ingress.getIp(), Instant.now());
    }
  }

  private Timeline timeline(String service) {
    return timelines.computeIfAbsent(service, it -> new Timeline());
  }

  /** How many pods are ready now and not about to go. */
  long readyPods() {
    return pods.getStore().list().stream().filter(ServiceTimes::isReady).count();
  }

  private static boolean isReady(Pod pod) {
    return pod.getMetadata().getDeletionTimestamp() == null
        && pod.getStatus().getConditions().stream()
            .anyMatch(it -> it.getType().equals("Ready") && it.getStatus().equals("True"));
  }

  /** How many Services have all addresses. */
  synchronized long complete() {
    return timelines.values().stream()
        .filter(it -> it.listed().size() >= addressOfNode.size())
        .count();
  }

  /** How many Services have an address. */
  synchronized long served() {
    return timelines.values().stream().filter(it -> !it.listed().isEmpty()).count();
  }

  /** How many Services have this address. */
  synchronized long with(String address) {
    return timelines.values().stream().filter(it -> it.listed().containsKey(address)).count();
  }

  /** When Services got an address for the first time. */
  synchronized List<Instant> whenListed(String address) {
    return timelines.values().stream()
        .flatMap(it -> Stream.ofNullable(it.listed().get(address)))
        .toList();
  }

  /** When each Service got its first address. */
  synchronized List<Instant> firstAddresses() {
    return timelines.values().stream().map(it -> Timeline.first(it.listed())).toList();
  }

  /** From the first pod of a Service that is ready to its first address. */
  synchronized List<Duration> fromFirstReadyToFirstAddress() {
    return timelines.values().stream()
        .map(it -> Duration.between(Timeline.first(it.ready()), Timeline.first(it.listed())))
        .toList();
  }

  /** From each pod that is ready to its node's address. */
  synchronized List<Duration> fromReadyToAddress() {
    List<Duration> all = new ArrayList<>();
    for (Timeline timeline : timelines.values()) {
      timeline
          .ready()
          .forEach((address, ready) -> all.add(between(ready, timeline.listed().get(address))));
    }
    return all;
  }

  /** Between the first and the last pod of a Service being ready. */
  synchronized Map<String, Duration> spans() {
    Map<String, Duration> spans = new HashMap<>();
    timelines.forEach(
        (service, it) ->
            spans.put(
                service, Duration.between(Timeline.first(it.ready()), Timeline.last(it.ready()))));
    return spans;
  }

  /** The value that so many of a hundred do not exceed. */
  static double percentile(int percent, Collection<Duration> durations) {
    return Quantiles.percentiles()
        .index(percent)
        .compute(durations.stream().map(Series::seconds).toList());
  }

  private static Duration between(Instant from, Instant to) {
    return Duration.between(from, to);
  }

  private static <T> ResourceEventHandler<T> handler(Consumer<T> note) {
    return new ResourceEventHandler<>() {
      @Override
      public void onAdd(T object) {
        note.accept(object);
      }

      @Override
      public void onUpdate(T before, T object) {
        note.accept(object);
      }

      @Override
      public void onDelete(T object, boolean unknown) {
        // of no interest here
      }
    };
  }

  @Override
  public void close() {
    pods.close();
    services.close();
  }
}
