package dev.plinth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.common.hash.Hashing;
import dev.plinth.controlplane.ControlPlane;
import dev.plinth.controlplane.Mark;
import dev.plinth.report.AddonReport;
import dev.plinth.report.AddonState;
import dev.plinth.report.AddonStatus;
import dev.plinth.testkit.WithControlPlane;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Addon resource: K3s's fields, events and columns, and what Plinth tells besides. */
@WithControlPlane(nodes = 1)
class AddonResourceIT {

  private static final String NOT_VALID =
      "---\n"
          + "{apiVersion: v1, kind: Service, metadata: {name: NAME, namespace: default}, spec:"
          + " {ports: [{port: 99999}]}}\n";

  @TempDir Path data;

  private ControlPlane controlPlane;
  private KubernetesClient client;
  private TestHost host;

  @BeforeEach
  void begin(ControlPlane started) {
    controlPlane = started;
    client = started.client();
    host = TestHost.of(started, data);
  }

  @Test
  void theRecordOfAFileIsK3ssWithAStatus() throws InterruptedException {
    String yaml = configMap("recorded-a") + configMap("recorded-b");

    host.runReady(TestAddon.of("recorded", yaml));

    GenericKubernetesResource addon = host.addon("recorded");
    String checksum = sha256(yaml);
    assertThat(addon.<Map<String, String>>get("spec"))
        .isEqualTo(
            Map.of(
                "source",
                host.manifests().resolve("recorded.yaml").toAbsolutePath().toString(),
                "checksum",
                checksum));
    assertThat(addon.<String>get("status", "observedChecksum")).isEqualTo(checksum);
    assertThat(addon.<String>get("status", "instance")).isEqualTo("n1");
    assertThat(addon.<Map<String, Integer>>get("status", "objects"))
        .isEqualTo(Map.of("total", 2, "ready", 2));
    assertThat(condition(addon, "Applied"))
        .containsEntry("status", "True")
        .containsEntry("reason", "Applied")
        .containsKey("lastTransitionTime");
    assertThat(condition(addon, "Ready"))
        .containsEntry("status", "True")
        .containsEntry("reason", "Ready")
        .containsEntry("message", "2 objects");
  }

  @Test
  void anAddonWithoutFilesHasARecordWithoutSource() throws InterruptedException {
    host.runReady(TestAddon.named("fileless"));

    GenericKubernetesResource addon = host.addon("fileless");
    assertThat(addon.<Map<String, String>>get("spec")).isEqualTo(Map.of("source", ""));
    assertThat(condition(addon, "Ready")).containsEntry("status", "True");
    assertThat(host.events("fileless")).isEmpty();
  }

  @Test
  void theEventsAreK3ss() throws InterruptedException {
    host.runReady(TestAddon.of("eventful", configMap("eventful")));
    host.run(
        host.config().disable("eventful").build(), TestAddon.of("eventful", configMap("eventful")));

    String file = host.manifests().resolve("eventful.yaml").toAbsolutePath().toString();
    List<Event> events = host.events("eventful");
    assertThat(events)
        .extracting(it -> it.getType() + " " + it.getReason() + " " + it.getMessage())
        .containsExactlyInAnyOrder(
            "Normal AppliedManifest Applied manifest at " + file,
            "Normal DeletingManifest Deleting manifest at " + file);
    assertThat(events)
        .allSatisfy(
            it -> {
              assertThat(it.getSource().getComponent()).isEqualTo("deploy");
              assertThat(it.getSource().getHost()).isEqualTo("n1");
              assertThat(it.getInvolvedObject().getKind()).isEqualTo("Addon");
              assertThat(it.getInvolvedObject().getNamespace()).isEqualTo("kube-system");
            });
  }

  @Test
  void kubectlShowsSourceChecksumReadinessAndMessage() throws Exception {
    host.runReady(TestAddon.of("columns", configMap("columns")));

    Process kubectl =
        new ProcessBuilder(
                controlPlane.kubectl().toString(),
                "get",
                "addons",
                "--all-namespaces",
                "--kubeconfig=" + controlPlane.kubeconfig())
            .redirectErrorStream(true)
            .start();
    List<String> lines =
        new String(kubectl.getInputStream().readAllBytes(), UTF_8).lines().toList();
    assertThat(lines.get(0).split("\\s+"))
        .containsExactly(
            "NAMESPACE", "NAME", "SOURCE", "CHECKSUM", "READY", "OBJECTS", "AGE", "MESSAGE");
    assertThat(lines)
        .filteredOn(it -> it.contains(" columns "))
        .singleElement()
        .asString()
        .contains("columns.yaml", sha256(configMap("columns")), "True", "1 object");
  }

  @Test
  void theChecksumIsThatOfTheContentAppliedCompletelyLast() throws InterruptedException {
    String good = configMap("checked");
    host.runReady(TestAddon.of("checked", good));

    host.run(TestAddon.of("checked", good + NOT_VALID.replace("NAME", "checked")));

    GenericKubernetesResource addon = host.addon("checked");
    assertThat(addon.<String>get("spec", "checksum")).isEqualTo(sha256(good));
    assertThat(addon.<String>get("status", "observedChecksum")).isNotEqualTo(sha256(good));
    assertThat(condition(addon, "Applied"))
        .containsEntry("status", "False")
        .containsEntry("reason", "Invalid");
    assertThat(condition(addon, "Ready")).containsEntry("status", "False");
  }

  @Test
  void anUnchangedFailureIsToldOnceHoweverOftenItIsTriedAndAfterARestart()
      throws InterruptedException {
    TestAddon failing =
        TestAddon.of("failing", configMap("failing") + NOT_VALID.replace("NAME", "failing"));
    try (PlinthServer server = host.start(failing)) {
      server.awaitReady(TestHost.PATIENCE);
      await()
          .atMost(TestHost.PATIENCE)
          .until(() -> host.requests().verb("patch").resource("services").count() >= 4);
    }
    Mark mark = controlPlane.mark();

    host.run(failing);

    assertThat(host.eventReasons("failing")).containsExactly("ApplyManifestFailed");
    assertThat(host.requestsSince(mark).verb("create").resource("events")).isEmpty();
  }

  @Test
  void aFileThatCannotBeParsedIsAFailureWithItsPlace() throws InterruptedException {
    AddonReport report =
        host.run(TestAddon.of("unparsable", configMap("unparsable") + "---\nkind: [\n"));

    AddonStatus status = report.addon("unparsable").orElseThrow();
    assertThat(status.state()).isEqualTo(AddonState.FAILED);
    assertThat(status.reason()).isEqualTo("ParseManifestFailed");
    assertThat(status.message()).containsPattern("unparsable\\.yaml:\\d+:\\d+: ");
    assertThat(host.events("unparsable"))
        .singleElement()
        .satisfies(
            it -> {
              assertThat(it.getReason()).isEqualTo("ParseManifestFailed");
              assertThat(it.getType()).isEqualTo("Warning");
              assertThat(it.getMessage()).isEqualTo(status.message());
            });
    assertThat(client.configMaps().inNamespace("default").withName("unparsable").get()).isNull();
  }

  @Test
  void anAddonThatIsDeletedByHandComesBack() throws InterruptedException {
    try (PlinthServer server = host.start(TestAddon.of("deleted", configMap("deleted")))) {
      server.awaitReady(TestHost.PATIENCE);
      GenericKubernetesResource before = host.addon("deleted");

      client.resource(before).delete();

      await()
          .atMost(TestHost.PATIENCE)
          .untilAsserted(
              () -> {
                GenericKubernetesResource now = host.addon("deleted");
                assertThat(now).isNotNull();
                assertThat(now.getMetadata().getLabels())
                    .isEqualTo(before.getMetadata().getLabels());
                assertThat(now.<Map<String, String>>get("spec")).isEqualTo(before.get("spec"));
                assertThat(condition(now, "Ready")).containsEntry("status", "True");
              });
      assertThat(client.configMaps().inNamespace("default").withName("deleted").get()).isNotNull();
    }
  }

  @Test
  void aLabelThatIsRemovedFromAnAddonByHandComesBack() throws InterruptedException {
    try (PlinthServer server = host.start(TestAddon.of("bare", configMap("bare")))) {
      server.awaitReady(TestHost.PATIENCE);

      client
          .genericKubernetesResources("k3s.cattle.io/v1", "Addon")
          .inNamespace("kube-system")
          .withName("bare")
          .edit(
              it -> {
                it.getMetadata().setLabels(Map.of());
                return it;
              });

      await()
          .atMost(TestHost.PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(host.addon("bare").getMetadata().getLabels())
                      .containsOnlyKeys("applyset.kubernetes.io/id", "plinth.dev/addon"));
    }
  }

  private static Map<String, Object> condition(GenericKubernetesResource addon, String type) {
    List<Map<String, Object>> conditions = addon.get("status", "conditions");
    return Stream.ofNullable(conditions)
        .flatMap(List::stream)
        .filter(it -> it.get("type").equals(type))
        .findFirst()
        .orElse(Map.of());
  }

  private static String sha256(String text) {
    return Hashing.sha256().hashString(text, UTF_8).toString();
  }

  private static String configMap(String name) {
    return "---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: %s, namespace: default}}\n"
        .formatted(name);
  }
}
