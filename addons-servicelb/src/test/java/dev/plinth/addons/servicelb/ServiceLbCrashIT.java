package dev.plinth.addons.servicelb;

import static dev.plinth.addons.servicelb.TestCluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plinth.testkit.ControlPlaneExtension;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The process ends at each of its writes, before and after the server has it; the next one brings
 * everything to where it would have been.
 */
class ServiceLbCrashIT {

  @RegisterExtension
  static final ControlPlaneExtension CONTROL_PLANE =
      ControlPlaneExtension.fresh(builder -> builder.nodes(2));

  private static final String[] ADDRESSES = {"172.31.0.1", "172.31.0.2"};

  /** Far more than there are; a run that gets past all writes ends a test. */
  private static final int MOST_WRITES = 10;

  private static TestCluster cluster;
  private static KubernetesClient plinth;
  private int port = 8000;

  @BeforeAll
  static void prepare() {
    cluster = new TestCluster(CONTROL_PLANE.controlPlane());
    plinth = CONTROL_PLANE.controlPlane().clientFor(TestCluster.USER);
    // What is made once for all Services.
    RunningAddon.start(plinth).close();
  }

  @Test
  void while_it_begins_to_serve() {
    int writes =
        atEachWrite(
            service -> {},
            service -> cluster.create("default", service.getMetadata().getName(), port),
            ServiceLbCrashIT::isServed,
            service -> {},
            service -> cluster.awaitAddresses(service, ADDRESSES));

    assertThat(writes).isGreaterThanOrEqualTo(3);
  }

  @Test
  void while_it_begins_to_serve_and_the_service_gets_another_type_meanwhile() {
    atEachWrite(
        service -> {},
        service -> cluster.create("default", service.getMetadata().getName(), port),
        ServiceLbCrashIT::isServed,
        ServiceLbCrashIT::makeInternal,
        ServiceLbCrashIT::assertHasNothing);
  }

  @Test
  void while_it_leaves_a_service_of_another_type() {
    int writes =
        atEachWrite(
            ServiceLbCrashIT::createServed,
            ServiceLbCrashIT::makeInternal,
            ServiceLbCrashIT::hasNothing,
            service -> {},
            ServiceLbCrashIT::assertHasNothing);

    assertThat(writes).isGreaterThanOrEqualTo(3);
  }

  @Test
  void while_a_service_is_deleted() {
    int writes =
        atEachWrite(
            ServiceLbCrashIT::createServed,
            service -> cluster.admin().resource(service).delete(),
            service -> cluster.live(service) == null,
            service -> {},
            cluster::awaitGone);

    assertThat(writes).isGreaterThanOrEqualTo(2);
  }

  /**
   * @param before what is there, with a run that is not disturbed
   * @param action what the run that is killed has to do with
   * @param done whether it is through
   * @param meanwhile what happens while no run is there
   * @param after what the next run must come to
   * @return how many writes the action takes
   */
  private int atEachWrite(
      Consumer<Service> before,
      Consumer<Service> action,
      Predicate<Service> done,
      Consumer<Service> meanwhile,
      Consumer<Service> after) {
    for (int write = 1; write <= MOST_WRITES; write++) {
      for (boolean delivered : new boolean[] {false, true}) {
        port++;
        Service service = TestCluster.loadBalancer("default", "web-" + port, port).build();
        try (MortalClient mortal =
            new MortalClient(
                CONTROL_PLANE.controlPlane().clientConfigFor(TestCluster.USER), write, delivered)) {
          try (RunningAddon addon = RunningAddon.start(mortal.client())) {
            before.accept(service);
            mortal.arm();
            action.accept(service);
            await()
                .atMost(TestCluster.PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> mortal.isDead() || done.test(service));
          }
          if (!mortal.isDead()) {
            clean(service);
            return mortal.writes();
          }
        }
        meanwhile.accept(service);
        try (RunningAddon addon = RunningAddon.start(plinth)) {
          after.accept(service);
        }
        clean(service);
      }
    }
    throw new AssertionError("more than " + MOST_WRITES + " writes");
  }

  private static void createServed(Service service) {
    cluster.admin().resource(service).create();
    eventually(() -> assertThat(isServed(service)).isTrue());
  }

  private static boolean isServed(Service service) {
    return cluster.addresses(service).size() == ADDRESSES.length;
  }

  private static void makeInternal(Service service) {
    cluster.edit(service, it -> it.editSpec().withType("ClusterIP").endSpec());
  }

  private static boolean hasNothing(Service service) {
    Service live = cluster.live(service);
    return live.getMetadata().getFinalizers().isEmpty()
        && live.getStatus().getConditions().isEmpty()
        && live.getStatus().getLoadBalancer().getIngress().isEmpty()
        && cluster.daemonSets(service).isEmpty();
  }

  private static void assertHasNothing(Service service) {
    eventually(
        () ->
            assertThat(hasNothing(service))
                .as("%s, DaemonSets %s", cluster.live(service), cluster.daemonSets(service))
                .isTrue());
  }

  private static void clean(Service service) {
    if (cluster.live(service) != null) {
      cluster.admin().resource(service).delete();
      try (RunningAddon addon = RunningAddon.start(plinth)) {
        cluster.awaitGone(service);
      }
    }
  }
}
