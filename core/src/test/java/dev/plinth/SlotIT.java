package dev.plinth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plinth.addon.Slot;
import dev.plinth.controlplane.ControlPlane;
import dev.plinth.testkit.WithControlPlane;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Foreign occupants of slots, on a real API server. */
@WithControlPlane
class SlotIT {

  private static final String DNS =
      """
      {apiVersion: v1, kind: Service, metadata: {name: slot-dns, namespace: default},
       spec: {clusterIP: 10.43.0.10, selector: {app: slot-dns}, ports: [{port: 53}]}}
      """;
  private static final String INGRESS_CLASS =
      """
      apiVersion: networking.k8s.io/v1
      kind: IngressClass
      metadata:
        name: slot-foreign
        annotations: {ingressclass.kubernetes.io/is-default-class: "true"}
      spec: {controller: example.org/foreign}
      """;
  private static final String DEPLOYMENT =
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: slot-foreign, namespace: default}
      spec:
        selector: {matchLabels: {app: slot-dns}}
        template:
          metadata: {labels: {app: slot-dns}}
          spec: {containers: [{name: dns, image: example/dns}]}
      """;

  @TempDir Path data;

  @Test
  void occupants_are_told_at_the_start_and_in_the_plan_and_those_behind_an_addon_when_it_is_there(
      ControlPlane controlPlane, KubernetesClient client) throws Exception {
    TestHost host = TestHost.of(controlPlane, data);
    TestAddon[] addons = {
      TestAddon.of("slot-dns", DNS).filling(Slot.DNS),
      TestAddon.named("slot-ingress").filling(Slot.INGRESS)
    };
    var foreign = List.of(client.resource(INGRESS_CLASS), client.resource(DEPLOYMENT));
    foreign.forEach(it -> it.create());
    try (PlinthServer server = host.start(addons)) {
      assertThat(server.awaitReady(TestHost.PATIENCE).warnings())
          .anyMatch(it -> it.contains("IngressClass slot-foreign"));
      await()
          .atMost(TestHost.PATIENCE)
          .until(
              () ->
                  server.status().warnings().stream()
                      .anyMatch(
                          it ->
                              it.contains("Deployment default/slot-foreign")
                                  && it.contains("--disable slot-dns")));
      assertThat(server.status().ready()).as("a warning keeps nothing from being ready").isTrue();
      assertThat(host.server(addons).plan().warnings()).hasSize(2);
    } finally {
      foreign.forEach(it -> it.delete());
    }
    assertThat(host.server(addons).plan().warnings()).isEmpty();
  }
}
