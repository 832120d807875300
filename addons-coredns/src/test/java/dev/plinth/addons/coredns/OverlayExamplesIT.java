package dev.plinth.addons.coredns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plinth.Plinth;
import dev.plinth.PlinthServer;
import dev.plinth.addon.AddonCatalog;
import dev.plinth.config.ServerConfig;
import dev.plinth.controlplane.ControlPlane;
import dev.plinth.report.AddonReport;
import dev.plinth.report.AddonState;
import dev.plinth.testkit.WithControlPlane;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The overlays of the documentation, as they stand there. */
@WithControlPlane(nodes = 2)
class OverlayExamplesIT {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Path DOCUMENTATION = Path.of("../docs/overlays.md");

  /** A block of YAML whose first line names the file below the data directory. */
  private static final Pattern EXAMPLE =
      Pattern.compile("```yaml\\n# (server/overlays/\\S+)\\n(.*?)```", Pattern.DOTALL);

  @TempDir private Path dataDir;

  @Test
  void doWhatTheDocumentationSays(ControlPlane controlPlane, KubernetesClient client)
      throws Exception {
    int examples = writeExamples();
    assertThat(examples).isEqualTo(4);
    ServerConfig config = ServerConfig.builder().nodeName("node-0").dataDir(dataDir).build();
    try (PlinthServer server =
        Plinth.builder()
            .client(client)
            .config(config)
            .addons(AddonCatalog.of(new CoreDnsAddon()))
            .start()) {
      AddonReport report = server.awaitReady(PATIENCE);

      assertThat(report.addon("coredns").orElseThrow().state())
          .as(report.toString())
          .isEqualTo(AddonState.READY);
      Deployment deployment = deployment(client);
      assertThat(deployment.getSpec().getReplicas()).isEqualTo(2);
      assertThat(deployment.getSpec().getTemplate().getSpec().getDnsConfig().getNameservers())
          .containsExactly("192.0.2.53");
      Container container = deployment.getSpec().getTemplate().getSpec().getContainers().get(0);
      assertThat(container.getImage()).contains("coredns");
      assertThat(container.getResources().getLimits())
          .containsEntry("memory", new Quantity("256Mi"))
          .containsEntry("cpu", new Quantity("500m"));
      assertThat(corefile(client)).contains("forward . 192.0.2.53");

      Files.delete(dataDir.resolve("server/overlays/coredns/corefile.yaml"));

      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(corefile(client)).contains("forward . /etc/resolv.conf"));
    }
  }

  private int writeExamples() throws IOException {
    int count = 0;
    for (MatchResult it : EXAMPLE.matcher(Files.readString(DOCUMENTATION)).results().toList()) {
      Path file = dataDir.resolve(it.group(1));
      Files.createDirectories(file.getParent());
      Files.writeString(file, it.group(2));
      count++;
    }
    return count;
  }

  private static Deployment deployment(KubernetesClient client) {
    return client.apps().deployments().inNamespace("kube-system").withName("coredns").get();
  }

  private static String corefile(KubernetesClient client) {
    return client
        .configMaps()
        .inNamespace("kube-system")
        .withName("coredns")
        .get()
        .getData()
        .get("Corefile");
  }
}
