package dev.plinth.examples.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.plinth.Plinth;
import dev.plinth.PlinthServer;
import dev.plinth.addon.AddonCatalog;
import dev.plinth.addons.coredns.CoreDnsAddon;
import dev.plinth.config.ServerConfig;
import dev.plinth.controlplane.ControlPlane;
import dev.plinth.report.AddonReport;
import dev.plinth.testkit.k3s.K3sCluster;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cluster that K3s ran goes on with Plinth, and back, by the commands of the documentation. */
class TakeoverCommandIT {

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final ServerConfig CONFIG =
      ServerConfig.builder().nodeName("n1").dataDir(Path.of("/k3s")).build();

  private static ControlPlane controlPlane;

  @TempDir Path data;

  @BeforeAll
  static void start() {
    controlPlane = ControlPlane.builder().nodes(1).start();
  }

  @AfterAll
  static void stop() {
    controlPlane.close();
  }

  @Test
  void coreDnsIsAdoptedAtTheStartTheRestByTakeoverAndAllIsGivenBackWithoutANewPod()
      throws Exception {
    String coreDns =
        new CoreDnsAddon().manifests(CONFIG).get(0).content().replace("ttl 60", "ttl 61");
    try (K3sCluster k3s = K3sCluster.of(controlPlane, "n1")) {
      k3s.define();
      k3s.apply("coredns", "/k3s/server/manifests/coredns.yaml", coreDns);
      k3s.supervisor()
          .configMaps()
          .inNamespace("kube-system")
          .withName("coredns")
          .patch(
              PatchContext.of(PatchType.JSON_MERGE),
              "{\"data\":{\"NodeHosts\":\"10.1.1.1 far\\n\"}}");
      k3s.apply(
          "local-storage",
          "/k3s/server/manifests/local-storage.yaml",
          "{apiVersion: v1, kind: ConfigMap, metadata: {name: local-path-config, namespace:"
              + " kube-system}}");
    }
    await().atMost(LIMIT).until(() -> pods().size() == 1);
    Set<String> pods = pods();

    try (PlinthServer server =
        Plinth.builder()
            .client(controlPlane.client())
            .config(ServerConfig.builder().nodeName("n1").dataDir(data).build())
            .addons(AddonCatalog.of(new CoreDnsAddon()))
            .start()) {
      AddonReport report = server.awaitReady(LIMIT);
      assertThat(report.ready()).as(report.toString()).isTrue();
    }
    assertThat(pods()).isEqualTo(pods);
    assertThat(coreDnsData("Corefile")).contains("ttl 60");
    assertThat(coreDnsData("NodeHosts")).contains("10.1.1.1 far").contains("node-1");

    assertThat(objects(run("takeover", "--dry-run")))
        .containsExactlyInAnyOrder(
            "CHANGE Addon local-storage", "CHANGE ConfigMap local-path-config");
    assertThat(objects(run("takeover"))).hasSize(2);
    assertThat(objects(run("takeover"))).isEmpty();

    assertThat(objects(run("release", "--dry-run")))
        .contains(
            "CHANGE Deployment coredns", "DELETE Addon coredns", "DELETE Addon local-storage");
    run("release");
    assertThat(objects(run("release", "--dry-run"))).isEmpty();
    assertThat(pods()).isEqualTo(pods);
  }

  private static String coreDnsData(String key) {
    return controlPlane
        .client()
        .configMaps()
        .inNamespace("kube-system")
        .withName("coredns")
        .get()
        .getData()
        .get(key);
  }

  private static Set<String> pods() {
    return controlPlane
        .client()
        .pods()
        .inNamespace("kube-system")
        .withLabel("k8s-app", "kube-dns")
        .list()
        .getItems()
        .stream()
        .filter(it -> "Running".equals(it.getStatus().getPhase()))
        .map(Pod::getMetadata)
        .map(ObjectMeta::getUid)
        .collect(Collectors.toSet());
  }

  private JsonNode run(String command, String... flags) throws Exception {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                command,
                "--output=json",
                "--node-name=n1",
                "--data-dir=" + data,
                "--kubeconfig=" + controlPlane.kubeconfig()));
    arguments.addAll(List.of(flags));
    RecordingTerminal terminal = RecordingTerminal.plain();

    int code = Main.commandLine(terminal.terminal()).execute(arguments.toArray(String[]::new));

    assertThat(code).as(terminal.err()).isEqualTo(ExitCode.OK);
    return new ObjectMapper().readTree(terminal.out());
  }

  /** Those that do not stay as they are. */
  private static List<String> objects(JsonNode plan) {
    List<String> lines = new ArrayList<>();
    plan.path("objects")
        .forEach(
            it -> {
              if (!it.path("change").asText().equals("LEAVE")) {
                lines.add(
                    "%s %s %s"
                        .formatted(
                            it.path("change").asText(),
                            it.path("kind").asText(),
                            it.path("name").asText()));
              }
            });
    return lines;
  }
}
