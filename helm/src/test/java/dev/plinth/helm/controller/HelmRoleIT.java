package dev.plinth.helm.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plinth.helm.model.HelmChart;
import dev.plinth.testkit.ControlPlaneExtension;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The roles in the documentation are enough for charts with a service account of their own. */
class HelmRoleIT {

  private static final String USER = "helm-under-its-roles";

  @RegisterExtension
  static final ControlPlaneExtension CONTROL_PLANE = ControlPlaneExtension.shared();

  @TempDir Path data;

  @Test
  void a_chart_is_kept_and_removed_under_the_documented_roles() throws Exception {
    KubernetesClient admin = CONTROL_PLANE.client();
    bind("plinth.yaml", admin);
    bind("plinth-helm.yaml", admin);
    String namespace = HelmHost.namespace(admin);
    Deployer.create(admin, namespace);
    Deployer.makeAdminOfItsNamespace(admin, namespace);
    try (KubernetesClient limited = CONTROL_PLANE.controlPlane().clientFor(USER);
        HelmHost host = HelmHost.of(admin, data).as(limited)) {
      host.start().awaitStarted();
      HelmChart chart =
          host.create(
              OneHost.annotated(
                  Charts.inline(
                      namespace, "note", Charts.note("1.0.0"), "{\"set\": {\"text\": \"a\"}}"),
                  "plinth.dev/service-account",
                  Deployer.NAME));
      host.awaitReady(chart, 1);

      host.edit(chart, it -> OneHost.withSet(it, "b"));
      host.awaitReady(chart, 2);
      Resource<ConfigMap> note = admin.configMaps().inNamespace(namespace).withName("note");
      note.edit(
          it -> {
            it.getData().put("text", "changed");
            return it;
          });
      await()
          .atMost(HelmHost.PATIENCE)
          .untilAsserted(() -> assertThat(note.get().getData()).containsEntry("text", "b"));

      host.delete(chart);
      host.awaitGone(chart);
      assertThat(note.get()).isNull();
    }
  }

  private static void bind(String file, KubernetesClient admin) throws IOException {
    ClusterRole role =
        Serialization.unmarshal(
            Files.readString(Path.of("../docs/roles").resolve(file)), ClusterRole.class);
    admin.resource(role).serverSideApply();
    admin
        .resource(
            new ClusterRoleBindingBuilder()
                .withNewMetadata()
                .withName(USER + "-" + role.getMetadata().getName())
                .endMetadata()
                .withNewRoleRef(
                    "rbac.authorization.k8s.io", "ClusterRole", role.getMetadata().getName())
                .addNewSubject("rbac.authorization.k8s.io", "User", USER, null)
                .build())
        .create();
  }
}
