package dev.plinth.examples.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.Plinth;
import dev.plinth.PlinthServer;
import dev.plinth.addon.AddonCatalog;
import dev.plinth.addons.coredns.CoreDnsAddon;
import dev.plinth.addons.servicelb.ServiceLbAddon;
import dev.plinth.config.ServerConfig;
import dev.plinth.controlplane.ControlPlane;
import dev.plinth.report.AddonReport;
import dev.plinth.report.AddonState;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The role in the documentation is enough, and is no more than it says. Helm has a role of its own.
 */
class RoleIT {

  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final Path ROLE = Path.of("../../docs/roles/plinth.yaml");

  @TempDir Path data;

  @Test
  void the_documented_role_is_enough_to_keep_and_to_remove_all_addons() throws Exception {
    ClusterRole role = role();
    try (ControlPlane controlPlane = ControlPlane.builder().nodes(1).start()) {
      bind(role, controlPlane.client());
      KubernetesClient limited = controlPlane.clientFor("plinth");

      writeOverlay();
      AddonReport kept = report(limited);
      AddonReport unchanged = report(limited);
      AddonReport removed = report(limited, "coredns");

      assertThat(List.of(kept, unchanged))
          .allSatisfy(
              it ->
                  assertThat(it.addon("coredns").orElseThrow().state())
                      .as(it.toString())
                      .isEqualTo(AddonState.READY));
      assertThat(
              controlPlane
                  .client()
                  .configMaps()
                  .inNamespace("kube-system")
                  .withName("plinth-overlay-coredns.applied")
                  .get())
          .isNotNull();
      assertThat(unchanged.warnings()).isEqualTo(kept.warnings());
      assertThat(removed.addon("coredns").orElseThrow().state())
          .as(removed.toString())
          .isEqualTo(AddonState.DISABLED);
    }
  }

  @Test
  void the_documented_role_grants_nothing_wholesale() throws Exception {
    assertThat(role().getRules())
        .allSatisfy(
            rule ->
                assertThat(
                        Stream.of(rule.getApiGroups(), rule.getResources(), rule.getVerbs())
                            .flatMap(List::stream))
                    .doesNotContain("*", "escalate", "bind", "impersonate", "deletecollection"));
  }

  private void writeOverlay() throws IOException {
    Path directory = Files.createDirectories(data.resolve("server/overlays/coredns"));
    Files.writeString(
        directory.resolve("replicas.yaml"),
        "{apiVersion: apps/v1, kind: Deployment, metadata: {name: coredns}, spec: {replicas: 1}}");
  }

  private AddonReport report(KubernetesClient client, String... disabled)
      throws InterruptedException {
    ServerConfig config =
        ServerConfig.builder().dataDir(data).nodeName("alpha").disable(disabled).build();
    AddonCatalog addons = AddonCatalog.of(new CoreDnsAddon(), new ServiceLbAddon());
    try (PlinthServer plinth =
        Plinth.builder().client(client).config(config).addons(addons).start()) {
      return plinth.awaitReady(LIMIT);
    }
  }

  private static ClusterRole role() throws IOException {
    return Serialization.unmarshal(Files.readString(ROLE), ClusterRole.class);
  }

  private static void bind(ClusterRole role, KubernetesClient administrator) {
    administrator.resource(role).create();
    administrator
        .resource(
            new ClusterRoleBindingBuilder()
                .withNewMetadata()
                .withName("plinth")
                .endMetadata()
                .withNewRoleRef(
                    "rbac.authorization.k8s.io", "ClusterRole", role.getMetadata().getName())
                .addNewSubject("rbac.authorization.k8s.io", "User", "plinth", null)
                .build())
        .create();
  }
}
