package dev.plinth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plinth.addon.AddonCatalog;
import dev.plinth.config.ServerConfig;
import dev.plinth.controlplane.ControlPlane;
import dev.plinth.report.AddonReport;
import dev.plinth.report.AddonState;
import dev.plinth.report.AddonStatus;
import dev.plinth.report.Scope;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Why an add-on is not up, as told by one server whose add-ons all fail, each in its own way. */
class CausesIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir static Path data;
  static ControlPlane controlPlane;
  static KubernetesClient client;
  static PlinthServer server;
  static AddonReport report;

  @BeforeAll
  static void startAServerWhoseAddonsAllFail() throws Exception {
    controlPlane = ControlPlane.builder().nodes(1).start();
    client = controlPlane.client();
    client.load(CausesIT.class.getResourceAsStream("causes/obstacles.yaml")).serverSideApply();
    awaitThatThePolicyIsEnforced();
    AddonCatalog addons =
        AddonCatalog.of(
            TestAddon.of("image", deployment("image", "image-error", "", "")),
            TestAddon.of("crash", deployment("crash", "crash-loop", "", "")),
            TestAddon.of(
                "port", deployment("port", "", "", "ports: [{containerPort: 80, hostPort: 8080}]")),
            TestAddon.of("selector", deployment("selector", "", "nodeSelector: {disk: ssd}", "")),
            TestAddon.of("cpu", deployment("cpu", "", "", "resources: {requests: {cpu: 1M}}")),
            TestAddon.of("sysctl", pod("sysctl", "sysctl-forbidden")),
            TestAddon.of("evicted", pod("evicted", "evicted")),
            TestAddon.of(
                "quota", deployment("quota", "", "", "").replace("kube-system", "no-pods")),
            TestAddon.of("policy", deployment("policy", "", "", "")),
            TestAddon.of("denied", configMap("denied")));
    server =
        Plinth.builder()
            .client(client)
            .addons(addons)
            .config(ServerConfig.builder().nodeName("n1").dataDir(data).build())
            .start();
    report = server.awaitReady(PATIENCE);
  }

  @AfterAll
  static void stop() {
    server.close();
    controlPlane.close();
  }

  @Test
  void everyTerminalFailureEndsTheWaitAtOnce() {
    assertThat(report.addons())
        .as(report.toString())
        .allMatch(it -> it.state() == AddonState.FAILED)
        .allMatch(it -> it.time().compareTo(Duration.ofSeconds(30)) < 0);
  }

  @Test
  void anImageThatCannotBePulledIsNamedWithThePodThatWantsIt() {
    assertFailed(
        "image",
        "ImagePull",
        "Pod kube-system/image-",
        "image example.org/image:1",
        "manifest unknown");
  }

  @Test
  void aCrashLoopIsToldWithItsExitCodeAndTheEndOfItsLog() {
    assertFailed(
        "crash",
        "CrashLoop",
        "exit code 137",
        "OOMKilled",
        "its log ends: ",
        "simulated: more requests than memory",
        "simulated: giving up");
    assertThat(server.status().addon("crash").orElseThrow().message())
        .as("one line, of which three are enough")
        .doesNotContain("\n", "simulated: reading the configuration");
  }

  @Test
  void aTakenHostPortIsToldWithItsHolderAndNode() {
    assertFailed(
        "port", "HostPortTaken", "8080/TCP on node-1 by Pod default/holder", "use another port");
  }

  @Test
  void aNodeSelectorThatNoNodeMatchesIsToldWithAdvice() {
    assertFailed("selector", "Unschedulable", "label a node");
  }

  @Test
  void aRequestThatNoNodeCanMeetIsToldWithAdvice() {
    assertFailed("cpu", "Unschedulable", "Insufficient cpu", "lower the pod's CPU request");
  }

  @Test
  void aSysctlThatTheKubeletForbidsIsToldWithItsFlag() {
    assertFailed("sysctl", "SysctlForbidden", "net.ipv4.ip_forward", "--allowed-unsafe-sysctls");
  }

  @Test
  void anEvictedPodIsToldWithItsNode() {
    assertFailed("evicted", "Evicted", "node-1", "low on resource: memory");
  }

  @Test
  void aUsedUpQuotaIsNamed() {
    assertFailed("quota", "Quota", "ResourceQuota none");
  }

  @Test
  void aPolicyThatDeniesThePodsIsNamed() {
    assertFailed("policy", "AdmissionDenied", "ValidatingAdmissionPolicy no-policy-pods");
  }

  @Test
  void aPolicyThatDeniesAnObjectIsNamed() {
    assertFailed(
        "denied",
        "AdmissionDenied",
        "ConfigMap kube-system/denied",
        "ValidatingAdmissionPolicy no-denied");
  }

  @Test
  void podsThatNeverGetReadyAreWaitedForAndCounted() throws Exception {
    drop("slow.yaml", deployment("slow", "never-ready", "", ""));

    await().atMost(PATIENCE).until(() -> reasonOf("slow.yaml").equals("LessReady"));

    AddonStatus status =
        server
            .awaitReady(Duration.ofMillis(100), Scope.ADDONS_AND_FILES)
            .file("slow.yaml")
            .orElseThrow();
    assertThat(status.state()).isEqualTo(AddonState.PROGRESSING);
    assertThat(status.message()).contains("0 of 1 replicas ready");
  }

  @Test
  void aWebhookThatIsDownIsNamedAndWaitedFor() throws Exception {
    drop(
        "hooked.yaml",
        """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: hooked, namespace: kube-system, labels: {hooked: "true"}}
        """);

    await().atMost(PATIENCE).until(() -> reasonOf("hooked.yaml").equals("WebhookDown"));

    AddonStatus status = server.status().file("hooked.yaml").orElseThrow();
    assertThat(status.state()).isEqualTo(AddonState.PROGRESSING);
    assertThat(status.message()).contains("ConfigMap kube-system/hooked", "nobody.example.org");

    client
        .admissionRegistration()
        .v1()
        .validatingWebhookConfigurations()
        .withName("nobody")
        .delete();

    await()
        .atMost(PATIENCE)
        .until(() -> server.status().file("hooked.yaml").orElseThrow().state() == AddonState.READY);
  }

  /** What is waited for is no add-on: all of those have failed. */
  private static void drop(String file, String content) throws IOException {
    Files.writeString(data.resolve("server/manifests").resolve(file), content);
  }

  private static String reasonOf(String file) {
    return server.status().file(file).map(AddonStatus::reason).orElse("");
  }

  @Test
  void causesStandInTheAddonAndInOneEvent() {
    String message = server.status().addon("image").orElseThrow().message();
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(
                        client
                            .genericKubernetesResources("k3s.cattle.io/v1", "Addon")
                            .inNamespace("kube-system")
                            .withName("image")
                            .get()
                            .<List<?>>get("status", "conditions")
                            .toString())
                    .contains(message));
    assertThat(
            client
                .v1()
                .events()
                .inNamespace("kube-system")
                .withField("involvedObject.name", "image")
                .withField("reason", "ObjectUnhealthy")
                .list()
                .getItems())
        .extracting(it -> it.getMessage())
        .contains(message)
        .doesNotHaveDuplicates();
  }

  /** The state ends the wait; details that must be asked for may come a moment later. */
  private static void assertFailed(String addon, String reason, String... words) {
    assertThat(status(addon).state()).as(report.toString()).isEqualTo(AddonState.FAILED);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              AddonStatus now = server.status().addon(addon).orElseThrow();
              assertThat(now.reason()).as(now.toString()).isEqualTo(reason);
              assertThat(now.message()).contains(words);
            });
  }

  private static AddonStatus status(String addon) {
    return report.addon(addon).orElseThrow();
  }

  /** The API server compiles a policy some moments after it is created. */
  private static void awaitThatThePolicyIsEnforced() {
    await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(
            () -> {
              try {
                client.resource(configMap("denied")).dryRun().create();
                return false;
              } catch (io.fabric8.kubernetes.client.KubernetesClientException e) {
                return e.getMessage().contains("no-denied");
              }
            });
  }

  private static String configMap(String name) {
    return """
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: %s, namespace: kube-system}
    """
        .formatted(name);
  }

  private static String pod(String name, String simulate) {
    return """
    apiVersion: v1
    kind: Pod
    metadata:
      name: %1$s
      namespace: kube-system
      annotations: {plinth.dev/simulate: %2$s}
    spec:
      containers: [{name: main, image: "example.org/%1$s:1"}]
    """
        .formatted(name, simulate);
  }

  private static String deployment(
      String name, String simulate, String podSpec, String containerSpec) {
    return """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: %1$s, namespace: kube-system}
    spec:
      selector: {matchLabels: {app: %1$s}}
      template:
        metadata:
          labels: {app: %1$s}
          annotations: {%2$s}
        spec:
          %3$s
          containers:
            - name: main
              image: example.org/%1$s:1
              %4$s
    """
        .formatted(
            name,
            simulate.isEmpty() ? "" : "plinth.dev/simulate: " + simulate,
            podSpec,
            containerSpec);
  }
}
