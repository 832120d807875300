package dev.plinth.addons.servicelb;

import static dev.plinth.addons.servicelb.TestCluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.controlplane.ControlPlane;
import dev.plinth.testkit.ControlPlaneExtension;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The load balancer on a real control plane, with the rights it needs and no others: each class has
 * a control plane of its own, each test a namespace.
 */
abstract class OnThreeNodes {

  @RegisterExtension
  static final ControlPlaneExtension CONTROL_PLANE =
      ControlPlaneExtension.fresh(
          builder -> builder.serviceCidrs("10.43.0.0/16", "fd43::/112").nodes(3));

  static final String N1 = "172.31.0.1";
  static final String N2 = "172.31.0.2";
  static final String N3 = "172.31.0.3";

  static TestCluster cluster;
  static KubernetesClient plinth;
  static RunningAddon addon;

  String namespace;

  @BeforeAll
  static void startAddon() {
    ControlPlane controlPlane = CONTROL_PLANE.controlPlane();
    cluster = new TestCluster(controlPlane);
    plinth = controlPlane.clientFor(TestCluster.USER);
    addon = RunningAddon.start(plinth);
  }

  @AfterAll
  static void stopAddon() {
    addon.close();
  }

  @BeforeEach
  void createNamespace(TestInfo test) {
    String name = test.getTestMethod().orElseThrow().getName().replace('_', '-');
    namespace = name.substring(0, Math.min(name.length(), 60)).replaceAll("-+$", "");
    cluster.createNamespace(namespace);
  }

  @AfterEach
  void leaveNothing() {
    cluster.admin().pods().inNamespace(namespace).delete();
    List<Service> services = cluster.admin().services().inNamespace(namespace).list().getItems();
    cluster.admin().services().inNamespace(namespace).delete();
    services.forEach(cluster::awaitGone);
    for (Service service : services) {
      // Nobody ends a pod whose node has gone.
      cluster
          .podsOf(service)
          .forEach(it -> cluster.admin().resource(it).withGracePeriod(0).delete());
      eventually(() -> assertThat(cluster.podsOf(service)).isEmpty());
    }
  }
}
