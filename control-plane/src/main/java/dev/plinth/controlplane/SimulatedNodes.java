package dev.plinth.controlplane;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeAddress;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.net.HttpURLConnection;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/** The Node objects of simulated nodes. KWOK sends their heartbeats and plays their pods. */
final class SimulatedNodes {
  /** Taints with this prefix belong to the controller of the node life cycle. */
  private static final String LIFE_CYCLE = "node.kubernetes.io/";

  private static final String NOT_READY = "node.kubernetes.io/not-ready";
  private static final int PARALLEL = 16;
  private static final Map<String, Quantity> RESOURCES =
      Map.of(
          "cpu", new Quantity("1000"),
          "memory", new Quantity("1Ti"),
          "ephemeral-storage", new Quantity("1Ti"),
          "pods", new Quantity("10000"));

  private final KubernetesClient client;
  private final KubeletAddress kubelet;

  SimulatedNodes(KubernetesClient client, KubeletAddress kubelet) {
    this.client = client;
    this.kubelet = kubelet;
  }

  /** Creates nodes; those that exist are made alike. */
  void put(Collection<SimulatedNode> nodes) {
    if (nodes.size() == 1) {
      nodes.forEach(this::put);
      return;
    }
    ExecutorService threads = Executors.newFixedThreadPool(PARALLEL);
    try {
      List<Future<?>> puts = new ArrayList<>();
      nodes.forEach(node -> puts.add(threads.submit(() -> put(node))));
      for (Future<?> put : puts) {
        put.get();
      }
    } catch (ExecutionException e) {
      throw new ControlPlaneException("Can not create the simulated nodes", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ControlPlaneException("Interrupted while creating the simulated nodes", e);
    } finally {
      threads.shutdownNow();
    }
  }

  private void put(SimulatedNode node) {
    try {
      client.resource(created(node)).create();
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
        throw e;
      }
      update(node);
    }
  }

  /**
   * Lets the next KWOK begin at once. Each has an identity of its own, and would not touch a node,
   * nor its pods, until the Lease of an earlier one has expired.
   */
  void releaseLeases() {
    client.leases().inNamespace("kube-node-lease").delete();
  }

  /** Gives a node other addresses, labels and taints. */
  void update(SimulatedNode node) {
    Resource<Node> live = client.nodes().withName(node.name());
    untilNobodyInterferes(
        () ->
            live.edit(
                current ->
                    new NodeBuilder(current)
                        .editMetadata()
                        .withLabels(labels(node))
                        .endMetadata()
                        .editOrNewSpec()
                        .withTaints(taints(node, current))
                        .endSpec()
                        .build()));
    untilNobodyInterferes(
        () ->
            live.editStatus(
                current ->
                    new NodeBuilder(current)
                        .editOrNewStatus()
                        .withAddresses(addresses(node))
                        .endStatus()
                        .build()));
  }

  /** What plays the nodes writes to them too, maybe between the reading and the writing here. */
  private static void untilNobodyInterferes(Runnable edit) {
    while (true) {
      try {
        edit.run();
        return;
      } catch (KubernetesClientException e) {
        if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
          throw e;
        }
      }
    }
  }

  void remove(String name) {
    client.nodes().withName(name).delete();
  }

  /** Tells whether the scheduler may use nodes, from a cache that follows them until its end. */
  static final class Watch implements AutoCloseable {
    private final SharedIndexInformer<Node> informer;
    private final Set<String> missing = new HashSet<>();

    private Watch(SharedIndexInformer<Node> informer, Collection<SimulatedNode> nodes) {
      this.informer = informer;
      nodes.forEach(node -> missing.add(node.name()));
    }

    boolean areAllReady() {
      missing.removeIf(
          name -> {
            Node node = informer.getStore().getByKey(name);
            return node != null && isReady(node);
          });
      return missing.isEmpty();
    }

    @Override
    public void close() {
      informer.close();
    }
  }

  Watch watch(Collection<SimulatedNode> nodes) {
    return new Watch(client.nodes().inform(), nodes);
  }

  private static boolean isReady(Node node) {
    boolean ready =
        node.getStatus().getConditions().stream()
            .anyMatch(
                condition ->
                    condition.getType().equals("Ready") && condition.getStatus().equals("True"));
    return ready
        && node.getSpec().getTaints().stream().noneMatch(taint -> taint.getKey().equals(NOT_READY));
  }

  /** A node as a kubelet registers itself: with its status, ready at once. */
  private Node created(SimulatedNode node) {
    String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    return new NodeBuilder()
        .withNewMetadata()
        .withName(node.name())
        .withLabels(labels(node))
        .endMetadata()
        .withNewSpec()
        .withTaints(node.taints())
        .endSpec()
        .withNewStatus()
        .withAddresses(addresses(node))
        .withCapacity(RESOURCES)
        .withAllocatable(RESOURCES)
        .withConditions(
            new NodeCondition(now, now, "simulated", "KubeletReady", "True", "Ready"),
            new NodeCondition(
                now, now, "simulated", "KubeletHasNoDiskPressure", "False", "DiskPressure"),
            new NodeCondition(
                now, now, "simulated", "KubeletHasSufficientMemory", "False", "MemoryPressure"),
            new NodeCondition(
                now, now, "simulated", "KubeletHasSufficientPID", "False", "PIDPressure"))
        .withNewNodeInfo()
        .withOperatingSystem("linux")
        .withArchitecture("amd64")
        .withKubeletVersion("simulated")
        .withContainerRuntimeVersion("simulated")
        .withKernelVersion("simulated")
        .withOsImage("simulated")
        .withMachineID("")
        .withSystemUUID("")
        .withBootID("")
        .withKubeProxyVersion("")
        .endNodeInfo()
        .endStatus()
        .build();
  }

  private static Map<String, String> labels(SimulatedNode node) {
    Map<String, String> labels = new LinkedHashMap<>();
    labels.put("kubernetes.io/hostname", node.name());
    labels.put("kubernetes.io/os", "linux");
    labels.put("kubernetes.io/arch", "amd64");
    labels.putAll(node.labels());
    return labels;
  }

  private static List<Taint> taints(SimulatedNode node, Node current) {
    return Stream.concat(
            current.getSpec().getTaints().stream()
                .filter(taint -> taint.getKey().startsWith(LIFE_CYCLE)),
            node.taints().stream())
        .toList();
  }

  private List<NodeAddress> addresses(SimulatedNode node) {
    List<NodeAddress> addresses = new ArrayList<>();
    node.addresses()
        .forEach(
            address -> addresses.add(new NodeAddress(address.address(), address.type().value())));
    boolean named =
        node.addresses().stream()
            .anyMatch(address -> address.type() == SimulatedNode.AddressType.HOSTNAME);
    if (!named) {
      addresses.add(new NodeAddress(node.name(), SimulatedNode.AddressType.HOSTNAME.value()));
    }
    addresses.add(new NodeAddress(kubelet.host(), KubeletAddress.TYPE));
    return addresses;
  }
}
