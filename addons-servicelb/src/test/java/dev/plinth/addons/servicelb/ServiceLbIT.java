package dev.plinth.addons.servicelb;

import static dev.plinth.addons.servicelb.TestCluster.eventually;
import static dev.plinth.addons.servicelb.TestCluster.loadBalancer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plinth.controlplane.Mark;
import dev.plinth.controlplane.Request;
import dev.plinth.controlplane.Requests;
import io.fabric8.kubernetes.api.model.LoadBalancerIngress;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The life of Services, from the first write to the last, and what costs no request. */
class ServiceLbIT extends OnThreeNodes {
  @Test
  void a_service_gets_a_daemonset_and_the_addresses_of_all_nodes() {
    Service service = cluster.create(namespace, "web", 80);

    cluster.awaitAddresses(service, N1, N2, N3);

    assertThat(cluster.daemonSet(service).getMetadata())
        .satisfies(
            it -> {
              assertThat(it.getNamespace()).isEqualTo("kube-system");
              assertThat(it.getName())
                  .isEqualTo("svclb-web-" + service.getMetadata().getUid().substring(0, 8));
            });
    assertThat(cluster.podsOf(service)).hasSize(3);
    assertThat(cluster.live(service).getStatus().getLoadBalancer().getIngress())
        .extracting(LoadBalancerIngress::getIpMode)
        .containsOnly("VIP");
    assertThat(cluster.live(service).getMetadata().getFinalizers())
        .containsExactly("service.kubernetes.io/load-balancer-cleanup");
    cluster.awaitCondition(service, "True", "AddressAssigned", "3 addresses");
    eventually(
        () -> {
          assertThat(cluster.events(service, "AppliedDaemonSet")).hasSize(1);
          assertThat(cluster.events(service, "UpdatedLoadBalancer")).hasSize(1);
        });
  }

  @Test
  void the_finalizer_is_there_before_the_daemonset_and_goes_after_it() {
    Mark start = cluster.mark();
    Service service = cluster.create(namespace, "web", 80);
    cluster.awaitAddresses(service, N1, N2, N3);

    assertThat(writesButEvents(start))
        .extracting(it -> it.verb() + " " + it.qualifiedResource())
        .startsWith("patch services", "patch daemonsets.apps", "patch services/status");

    Mark before = cluster.mark();
    cluster.admin().resource(service).delete();
    cluster.awaitGone(service);

    assertThat(writesButEvents(before))
        .extracting(it -> it.verb() + " " + it.qualifiedResource())
        .containsExactly("delete daemonsets.apps", "patch services");
  }

  @Test
  void services_with_different_ports_share_the_nodes() {
    Service one = cluster.create(namespace, "one", 8001);
    Service other = cluster.create(namespace, "other", 8002);

    cluster.awaitAddresses(one, N1, N2, N3);
    cluster.awaitAddresses(other, N1, N2, N3);
  }

  @Test
  void a_service_of_another_type_has_nothing_of_ours_any_more() {
    Service service = cluster.create(namespace, "web", 80);
    cluster.awaitAddresses(service, N1, N2, N3);

    cluster.edit(service, it -> it.editSpec().withType("ClusterIP").endSpec());
    awaitNothingOn(service);

    cluster.edit(service, it -> it.editSpec().withType("LoadBalancer").endSpec());
    cluster.awaitAddresses(service, N1, N2, N3);
    assertThat(cluster.live(service).getMetadata().getFinalizers()).hasSize(1);
  }

  @Test
  void a_service_of_our_class_is_served_and_one_of_another_left_alone() {
    Service ours =
        cluster.create(
            loadBalancer(namespace, "ours", 81)
                .editSpec()
                .withLoadBalancerClass("plinth.dev/servicelb")
                .endSpec());
    Mark start = cluster.mark();
    Service foreign =
        cluster
            .admin()
            .resource(
                loadBalancer(namespace, "foreign", 82)
                    .editMetadata()
                    .withFinalizers(Names.FINALIZER)
                    .endMetadata()
                    .editSpec()
                    .withLoadBalancerClass("example.org/other")
                    .endSpec()
                    .build())
            .create();
    setForeignAddress(foreign, "198.51.100.1");
    cluster.awaitAddresses(ours, N1, N2, N3);
    cluster.createPod(namespace, "foreign", "node-1", null);
    cluster.edit(
        foreign, it -> it.editMetadata().addToAnnotations("touched", "true").endMetadata());

    cluster.edit(
        ours, it -> it.editSpec().withType("ClusterIP").withLoadBalancerClass(null).endSpec());
    awaitNothingOn(ours);

    Service after = cluster.live(foreign);
    assertThat(cluster.addresses(foreign)).containsExactly("198.51.100.1");
    assertThat(after.getMetadata().getFinalizers()).containsExactly(Names.FINALIZER);
    assertThat(cluster.since(start).writes().filter(it -> it.name().equals("foreign")).count())
        .isZero();
    cluster.edit(foreign, it -> it.editMetadata().withFinalizers(List.of()).endMetadata());
  }

  private void setForeignAddress(Service service, String address) {
    cluster
        .admin()
        .services()
        .inNamespace(namespace)
        .withName(service.getMetadata().getName())
        .editStatus(
            it ->
                new ServiceBuilder(it)
                    .editOrNewStatus()
                    .withNewLoadBalancer()
                    .addNewIngress()
                    .withIp(address)
                    .endIngress()
                    .endLoadBalancer()
                    .endStatus()
                    .build());
  }

  @Test
  void a_finalizer_that_another_declares_too_stays() {
    Service service = cluster.create(namespace, "web", 80);
    cluster.awaitAddresses(service, N1, N2, N3);
    cluster
        .admin()
        .resource(
            new ServiceBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName("web")
                .withFinalizers(Names.FINALIZER)
                .endMetadata()
                .build())
        .fieldManager("other-cloud")
        .serverSideApply();

    cluster.edit(service, it -> it.editSpec().withType("ClusterIP").endSpec());
    eventually(
        () -> {
          assertThat(cluster.daemonSets(service)).isEmpty();
          assertThat(cluster.condition(service)).isEmpty();
          assertThat(cluster.live(service).getMetadata().getManagedFields())
              .extracting(it -> it.getManager())
              .doesNotContain("plinth-servicelb");
        });
    assertThat(cluster.live(service).getMetadata().getFinalizers())
        .containsExactly(Names.FINALIZER);
    cluster.edit(service, it -> it.editMetadata().withFinalizers(List.of()).endMetadata());
  }

  @Test
  void a_daemonset_that_was_deleted_or_changed_is_put_right() {
    Service service = cluster.create(namespace, "web", 80);
    cluster.awaitAddresses(service, N1, N2, N3);
    String uid = cluster.daemonSet(service).getMetadata().getUid();

    cluster.admin().resource(cluster.daemonSet(service)).delete();
    eventually(
        () -> assertThat(cluster.daemonSet(service).getMetadata().getUid()).isNotEqualTo(uid));
    cluster.awaitAddresses(service, N1, N2, N3);

    cluster
        .admin()
        .resource(cluster.daemonSet(service))
        .patch(
            PatchContext.of(PatchType.JSON),
            """
            [{"op": "replace", "path": "/spec/template/spec/containers/0/image", "value": "evil"}]
            """);
    eventually(
        () ->
            assertThat(
                    cluster
                        .daemonSet(service)
                        .getSpec()
                        .getTemplate()
                        .getSpec()
                        .getContainers()
                        .get(0)
                        .getImage())
                .startsWith("rancher/klipper-lb:"));
  }

  @Test
  void a_namespace_can_be_deleted_with_its_services() {
    cluster.createNamespace("doomed");
    Service service = cluster.create("doomed", "web", 80);
    cluster.awaitAddresses(service, N1, N2, N3);

    cluster.admin().namespaces().withName("doomed").delete();

    cluster.awaitGone(service);
    eventually(() -> assertThat(cluster.admin().namespaces().withName("doomed").get()).isNull());
  }

  @Test
  void a_service_that_is_deleted_while_held_by_another_finalizer_has_no_addresses() {
    Service service =
        cluster.create(
            loadBalancer(namespace, "web", 80)
                .editMetadata()
                .withFinalizers("example.org/hold")
                .endMetadata());
    cluster.awaitAddresses(service, N1, N2, N3);

    cluster.admin().resource(service).delete();

    eventually(
        () -> {
          assertThat(cluster.daemonSets(service)).isEmpty();
          assertThat(cluster.addresses(service)).isEmpty();
          assertThat(cluster.live(service).getMetadata().getFinalizers())
              .containsExactly("example.org/hold");
        });
    cluster.edit(service, it -> it.editMetadata().withFinalizers(List.of()).endMetadata());
  }

  @Test
  void heartbeats_and_other_services_are_no_reason_for_a_request() {
    Service service = cluster.create(namespace, "web", 80);
    cluster.awaitAddresses(service, N1, N2, N3);
    settle();
    Mark start = cluster.mark();

    for (int beat = 0; beat < 20; beat++) {
      int now = beat;
      cluster
          .admin()
          .nodes()
          .withName("node-1")
          .editStatus(
              it -> {
                it.getStatus()
                    .getConditions()
                    .forEach(c -> c.setLastHeartbeatTime("2030-01-01T00:00:%02dZ".formatted(now)));
                return it;
              });
    }
    cluster.create(
        loadBalancer(namespace, "internal", 81).editSpec().withType("ClusterIP").endSpec());
    await().pollDelay(Duration.ofSeconds(1)).until(() -> true);

    Requests ours = cluster.since(start);
    assertThat(ours.isEmpty()).as("%s", ours).isTrue();
  }

  @Test
  void a_restart_with_nothing_changed_writes_nothing() {
    Service one = cluster.create(namespace, "one", 80);
    Service other = cluster.create(namespace, "other", 81);
    cluster.awaitAddresses(one, N1, N2, N3);
    cluster.awaitAddresses(other, N1, N2, N3);
    settle();
    addon.close();
    Mark start = cluster.mark();

    addon = RunningAddon.start(plinth);
    Service third = cluster.create(namespace, "third", 82);
    cluster.awaitAddresses(third, N1, N2, N3);

    Requests writes = cluster.since(start).writes().filter(it -> !it.name().contains("third"));
    assertThat(writes.isEmpty()).as("%s", writes).isTrue();
    Requests reads = cluster.since(start).verb("get", "list");
    assertThat(reads.count()).as("%s", reads).isLessThan(20);
  }

  /** Until nothing is written any more. */
  private static void settle() {
    await()
        .pollDelay(Duration.ofMillis(700))
        .atMost(TestCluster.PATIENCE)
        .until(
            () -> {
              Mark mark = cluster.mark();
              await().pollDelay(Duration.ofMillis(500)).until(() -> true);
              return cluster.since(mark).isEmpty();
            });
  }

  private void awaitNothingOn(Service service) {
    eventually(
        () -> {
          assertThat(cluster.daemonSets(service)).isEmpty();
          Service live = cluster.live(service);
          assertThat(live.getMetadata().getFinalizers()).isEmpty();
          assertThat(live.getStatus().getConditions()).isEmpty();
          assertThat(cluster.addresses(service)).isEmpty();
          assertThat(live.getMetadata().getManagedFields())
              .extracting(it -> it.getManager())
              .doesNotContain("plinth-servicelb");
        });
  }

  private static List<Request> writesButEvents(Mark start) {
    return cluster.since(start).writes().filter(it -> !it.resource().equals("events")).list();
  }
}
