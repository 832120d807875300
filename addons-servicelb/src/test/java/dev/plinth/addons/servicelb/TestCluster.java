package dev.plinth.addons.servicelb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plinth.controlplane.ControlPlane;
import dev.plinth.controlplane.Mark;
import dev.plinth.controlplane.Requests;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.LoadBalancerIngress;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.awaitility.core.ThrowingRunnable;

/** What tests do with a cluster, as an administrator. */
final class TestCluster {

  static final String USER = "plinth";
  static final Duration PATIENCE = Duration.ofSeconds(40);

  private static final Path ROLES = Path.of("../docs/roles");

  private final ControlPlane controlPlane;
  private final KubernetesClient admin;

  TestCluster(ControlPlane controlPlane) {
    this.controlPlane = controlPlane;
    this.admin = controlPlane.client();
    grant("plinth-servicelb");
  }

  /** Gives the user the rights of a role as users of Plinth find it in the documentation. */
  void grant(String role) {
    try (InputStream file = Files.newInputStream(ROLES.resolve(role + ".yaml"))) {
      admin.load(file).serverSideApply();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    admin
        .resource(
            new ClusterRoleBindingBuilder()
                .withNewMetadata()
                .withName(role)
                .endMetadata()
                .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", role)
                .addNewSubject("rbac.authorization.k8s.io", "User", USER, null)
                .build())
        .serverSideApply();
  }

  KubernetesClient admin() {
    return admin;
  }

  void createNamespace(String name) {
    admin
        .resource(new NamespaceBuilder().withNewMetadata().withName(name).endMetadata().build())
        .create();
  }

  /** A Service of type LoadBalancer with one TCP port. */
  static ServiceBuilder loadBalancer(String namespace, String name, int port) {
    return new ServiceBuilder()
        .withNewMetadata()
        .withNamespace(namespace)
        .withName(name)
        .endMetadata()
        .withNewSpec()
        .withType("LoadBalancer")
        .addToSelector("app", name)
        .addNewPort()
        .withName("p" + port)
        .withPort(port)
        .endPort()
        .endSpec();
  }

  Service create(ServiceBuilder service) {
    return admin.resource(service.build()).create();
  }

  Service create(String namespace, String name, int port) {
    return create(loadBalancer(namespace, name, port));
  }

  /** The Service as it is; null if it is gone. */
  Service live(Service service) {
    return admin.resource(service).get();
  }

  Service edit(Service service, UnaryOperator<ServiceBuilder> change) {
    return admin
        .services()
        .inNamespace(service.getMetadata().getNamespace())
        .withName(service.getMetadata().getName())
        .edit(it -> change.apply(new ServiceBuilder(it)).build());
  }

  List<String> addresses(Service service) {
    return Optional.ofNullable(live(service)).stream()
        .flatMap(it -> it.getStatus().getLoadBalancer().getIngress().stream())
        .map(LoadBalancerIngress::getIp)
        .toList();
  }

  void awaitAddresses(Service service, String... addresses) {
    eventually(() -> assertThat(addresses(service)).containsExactly(addresses));
  }

  Optional<Condition> condition(Service service) {
    return DesiredStatus.currentCondition(live(service));
  }

  void awaitCondition(Service service, String status, String reason, String... messageParts) {
    eventually(
        () ->
            assertThat(condition(service))
                .hasValueSatisfying(
                    it -> {
                      assertThat(it.getReason()).as("%s", it.getMessage()).isEqualTo(reason);
                      assertThat(it.getStatus()).isEqualTo(status);
                      assertThat(List.of(messageParts)).allMatch(it.getMessage()::contains);
                    }));
  }

  /** All DaemonSets for a Service of that name, wherever they are. */
  List<DaemonSet> daemonSets(Service service) {
    return admin
        .apps()
        .daemonSets()
        .inAnyNamespace()
        .withLabel(Names.NODES_OPTED_IN)
        .list()
        .getItems()
        .stream()
        .filter(it -> ServiceRef.named(it).filter(ServiceRef.of(service)::equals).isPresent())
        .toList();
  }

  DaemonSet daemonSet(Service service) {
    List<DaemonSet> all = daemonSets(service);
    assertThat(all).hasSize(1);
    return all.get(0);
  }

  /** Nothing of the Service is left. */
  void awaitGone(Service service) {
    eventually(
        () -> {
          assertThat(live(service)).isNull();
          assertThat(daemonSets(service)).isEmpty();
        });
  }

  List<Pod> podsOf(Service service) {
    return admin
        .pods()
        .inAnyNamespace()
        .withLabel(Names.SERVICE_NAMESPACE, service.getMetadata().getNamespace())
        .withLabel(Names.SERVICE_NAME, service.getMetadata().getName())
        .list()
        .getItems();
  }

  List<Event> events(Service service, String reason) {
    return admin
        .v1()
        .events()
        .inNamespace(service.getMetadata().getNamespace())
        .list()
        .getItems()
        .stream()
        .filter(it -> service.getMetadata().getUid().equals(it.getInvolvedObject().getUid()))
        .filter(it -> it.getReason().equals(reason))
        .toList();
  }

  void editNode(String name, UnaryOperator<NodeBuilder> change) {
    admin.nodes().withName(name).edit(it -> change.apply(new NodeBuilder(it)).build());
  }

  void taint(String node, String effect) {
    editNode(
        node, it -> it.editOrNewSpec().addNewTaint(effect, "maintenance", null, "now").endSpec());
  }

  void labelNode(String name, String key, String value) {
    editNode(
        name,
        it ->
            value == null
                ? it.editMetadata().removeFromLabels(key).endMetadata()
                : it.editMetadata().addToLabels(key, value).endMetadata());
  }

  /** Sets the addresses of a node, given as {@code ExternalIP=1.2.3.4}. */
  void setAddresses(String name, String... addresses) {
    editNodeStatus(
        name,
        it -> {
          Node node = new NodeBuilder(it).editOrNewStatus().withAddresses().endStatus().build();
          for (String address : addresses) {
            String[] parts = address.split("=", 2);
            node =
                new NodeBuilder(node)
                    .editStatus()
                    .addNewAddress()
                    .withType(parts[0])
                    .withAddress(parts[1])
                    .endAddress()
                    .endStatus()
                    .build();
          }
          return node;
        });
  }

  /** Who plays the kubelet writes the status too, at any moment. */
  private void editNodeStatus(String name, UnaryOperator<Node> change) {
    await()
        .atMost(PATIENCE)
        .ignoreExceptionsMatching(
            it ->
                it instanceof KubernetesClientException refused
                    && refused.getCode() == HttpURLConnection.HTTP_CONFLICT)
        .until(() -> admin.nodes().withName(name).editStatus(change) != null);
  }

  /** Has a node say whether it is ready. */
  void setReady(String name, boolean ready) {
    editNodeStatus(
        name,
        it -> {
          it.getStatus().getConditions().stream()
              .filter(c -> c.getType().equals("Ready"))
              .forEach(c -> c.setStatus(ready ? "True" : "False"));
          return it;
        });
  }

  /** A user's pod on a node, not to be evicted by those of the load balancer. */
  Pod createPod(String namespace, String name, String node, Integer hostPort) {
    return admin
        .resource(
            new PodBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .addToLabels("app", name)
                .endMetadata()
                .withNewSpec()
                .withNodeName(node)
                .withPriorityClassName("system-node-critical")
                .addNewContainer()
                .withName("c")
                .withImage("example/any")
                .addNewPort()
                .withContainerPort(80)
                .withHostPort(hostPort)
                .endPort()
                .endContainer()
                .endSpec()
                .build())
        .create();
  }

  Mark mark() {
    return controlPlane.mark();
  }

  /** What the add-on has asked and written since. */
  Requests since(Mark mark) {
    return controlPlane.requestsSince(mark).username(USER).withoutLeases();
  }

  static void eventually(ThrowingRunnable assertion) {
    await().pollInterval(Duration.ofMillis(20)).atMost(PATIENCE).untilAsserted(assertion);
  }
}
