package dev.plinth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.controlplane.ControlPlane;
import dev.plinth.controlplane.Request;
import dev.plinth.report.AddonState;
import dev.plinth.report.AddonStatus;
import dev.plinth.testkit.WithControlPlane;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Changes that the server does not take: K3s's replace rules, and what is beyond them. */
@WithControlPlane(nodes = 1)
class ReplaceIT {

  @TempDir Path data;

  private TestHost host;
  private KubernetesClient client;

  @BeforeEach
  void begin(ControlPlane controlPlane, KubernetesClient administrator) {
    host = TestHost.of(controlPlane, data);
    client = administrator;
  }

  @Test
  void aDeploymentWithAnotherSelectorIsMadeAnew() throws InterruptedException {
    String deployment =
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: replaced, namespace: default}
        spec:
          selector: {matchLabels: {app: LABEL}}
          template:
            metadata: {labels: {app: LABEL}}
            spec: {containers: [{name: c, image: example.org/c}]}
        """;
    changeAndExpectAnotherUid(
        "apps/v1",
        "Deployment",
        deployment.replace("LABEL", "a"),
        deployment.replace("LABEL", "b"));
  }

  @Test
  void aDaemonSetWithAnotherSelectorIsMadeAnew() throws InterruptedException {
    String daemonSet =
        """
        apiVersion: apps/v1
        kind: DaemonSet
        metadata: {name: replaced, namespace: default}
        spec:
          selector: {matchLabels: {app: LABEL}}
          template:
            metadata: {labels: {app: LABEL}}
            spec: {containers: [{name: c, image: example.org/c}]}
        """;
    changeAndExpectAnotherUid(
        "apps/v1", "DaemonSet", daemonSet.replace("LABEL", "a"), daemonSet.replace("LABEL", "b"));
  }

  @Test
  void aSecretOfAnotherTypeIsMadeAnew() throws InterruptedException {
    String secret =
        """
        apiVersion: v1
        kind: Secret
        metadata: {name: replaced, namespace: default}
        type: example.org/TYPE
        stringData: {key: value}
        """;
    changeAndExpectAnotherUid(
        "v1", "Secret", secret.replace("TYPE", "a"), secret.replace("TYPE", "b"));
  }

  @Test
  void aJobWithAnotherTemplateIsMadeAnew() throws InterruptedException {
    String job =
        """
        apiVersion: batch/v1
        kind: Job
        metadata: {name: replaced, namespace: default}
        spec:
          template:
            spec:
              restartPolicy: Never
              containers: [{name: c, image: "example.org/c:TAG"}]
        """;
    changeAndExpectAnotherUid("batch/v1", "Job", job.replace("TAG", "1"), job.replace("TAG", "2"));
  }

  @Test
  void aServiceOfAnotherTypeIsChangedInPlace() throws InterruptedException {
    String service =
        """
        apiVersion: v1
        kind: Service
        metadata: {name: retyped, namespace: default}
        spec: {type: TYPE, ports: [{port: 80}]}
        """;
    host.runReady(TestAddon.of("retyped", service.replace("TYPE", "NodePort")));
    String uid = uid("v1", "Service", "retyped");

    host.runReady(TestAddon.of("retyped", service.replace("TYPE", "ClusterIP")));

    assertThat(uid("v1", "Service", "retyped")).isEqualTo(uid);
    assertThat(
            client.services().inNamespace("default").withName("retyped").get().getSpec().getType())
        .isEqualTo("ClusterIP");
  }

  @Test
  void anImmutableFieldBeyondTheReplaceRulesIsAFailureThatTellsWhatToDo()
      throws InterruptedException {
    String service =
        """
        apiVersion: v1
        kind: Service
        metadata: {name: immutable, namespace: default}
        spec: {clusterIP: 10.43.7.LAST, ports: [{port: 80}]}
        """;
    host.runReady(TestAddon.of("immutable", service.replace("LAST", "7")));
    String uid = uid("v1", "Service", "immutable");

    AddonStatus status =
        host.run(TestAddon.of("immutable", service.replace("LAST", "8")))
            .addon("immutable")
            .orElseThrow();

    assertThat(status.state()).isEqualTo(AddonState.FAILED);
    assertThat(status.reason()).isEqualTo("ImmutableField");
    assertThat(status.message())
        .contains("Service default/immutable: ", "spec.clusterIP")
        .contains("kubectl delete services immutable -n default")
        .contains("plinth.dev/replace: allow");
    assertThat(uid("v1", "Service", "immutable")).isEqualTo(uid);

    host.runReady(
        TestAddon.of(
            "immutable",
            service
                .replace("LAST", "8")
                .replace("namespace:", "annotations: {plinth.dev/replace: allow}, namespace:")));

    assertThat(uid("v1", "Service", "immutable")).isNotEqualTo(uid);
  }

  private void changeAndExpectAnotherUid(
      String apiVersion, String kind, String before, String after) throws InterruptedException {
    String addon = "replaced-" + kind.toLowerCase(Locale.ROOT);
    host.runReady(TestAddon.of(addon, before));
    String uid = uid(apiVersion, kind, "replaced");

    host.runReady(TestAddon.of(addon, after));

    assertThat(uid(apiVersion, kind, "replaced")).isNotEqualTo(uid);
    assertThat(host.requests().writes().verb("delete").list())
        .extracting(Request::name)
        .containsExactly("replaced");
  }

  private String uid(String apiVersion, String kind, String name) {
    return client
        .genericKubernetesResources(apiVersion, kind)
        .inNamespace("default")
        .withName(name)
        .get()
        .getMetadata()
        .getUid();
  }
}
