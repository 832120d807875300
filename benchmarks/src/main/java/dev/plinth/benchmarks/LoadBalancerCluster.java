package dev.plinth.benchmarks;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/** Services of type LoadBalancer, made and deleted many at a time. */
final class LoadBalancerCluster {

  static final String NAMESPACE = "default";
  static final String SERVICE_NAME = "svccontroller.k3s.cattle.io/svcname";

  private static final int AT_ONCE = 16;
  private static final int FIRST_PORT = 10_000;

  private final KubernetesClient client;

  LoadBalancerCluster(KubernetesClient client) {
    this.client = client;
  }

  static String name(int number) {
    return "lb-" + number;
  }

  /** Each with a port of its own, so that all find a place on every node. */
  static Service service(int number) {
    return new ServiceBuilder()
        .withNewMetadata()
        .withNamespace(NAMESPACE)
        .withName(name(number))
        .endMetadata()
        .withNewSpec()
        .withType("LoadBalancer")
        .addToSelector("app", name(number))
        .addNewPort()
        .withPort(FIRST_PORT + number)
        .endPort()
        .endSpec()
        .build();
  }

  Service create(int number) {
    return client.resource(service(number)).create();
  }

  void createAll(int count) throws Exception {
    forEach(count, this::create);
  }

  void deleteAll(int count) throws Exception {
    forEach(
        count, number -> client.services().inNamespace(NAMESPACE).withName(name(number)).delete());
  }

  /** Does something for the numbers from 1 on, 16 at a time. */
  static void forEach(int count, IntConsumer action) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
    try {
      List<Future<?>> all = new ArrayList<>();
      IntStream.rangeClosed(1, count)
          .forEach(number -> all.add(threads.submit(() -> action.accept(number))));
      for (Future<?> one : all) {
        one.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** How many DaemonSets there are for Services. */
  int daemonSets() {
    return client
        .apps()
        .daemonSets()
        .inNamespace("kube-system")
        .withLabel(SERVICE_NAME)
        .list()
        .getItems()
        .size();
  }
}
