package dev.plinth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plinth.addon.Addon;
import dev.plinth.addon.AddonContext;
import dev.plinth.addon.Obstacle;
import dev.plinth.addon.PackagedManifest;
import dev.plinth.config.ServerConfig;
import dev.plinth.controlplane.ControlPlane;
import dev.plinth.plan.Plan;
import dev.plinth.report.AddonReport;
import dev.plinth.report.AddonState;
import dev.plinth.report.AddonStatus;
import dev.plinth.testkit.WithControlPlane;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Add-ons that lack something, or have something against their own installation. */
@WithControlPlane(nodes = 1)
class BlockedIT {

  /** A group version that every server has. */
  private static final String SERVED = "coordination.k8s.io/v1";

  private static final String NOT_SERVED = "example.org/v1";

  @TempDir Path data;

  private KubernetesClient client;
  private TestHost host;

  @BeforeEach
  void begin(ControlPlane controlPlane) {
    client = controlPlane.client();
    host = TestHost.of(controlPlane, data);
  }

  @Test
  void its_manifests_are_left_to_others_if_the_server_has_the_api_that_it_needs() throws Exception {
    ServerConfig config = host.config().disable("provider").build();
    Addon[] addons = {
      new Provider(Set.of(SERVED, NOT_SERVED)),
      TestAddon.of("served", configMap("served")).requiring(SERVED),
      TestAddon.of("unserved", configMap("unserved")).requiring(NOT_SERVED)
    };
    Plan plan = host.server(config, addons).plan();
    assertThat(plan.changes()).extracting(it -> it.addon()).contains("served");
    assertThat(plan.changes()).extracting(it -> it.addon()).doesNotContain("unserved");

    try (PlinthServer server = host.server(config, addons).start()) {
      await()
          .atMost(TestHost.PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(status(server.status(), "served").message())
                      .isEqualTo(
                          "needs coordination.k8s.io/v1, which 'provider' provides, disabled by"
                              + " --disable provider; the server has coordination.k8s.io/v1, so its"
                              + " manifests are applied for another controller"));
      AddonReport report = server.awaitReady(TestHost.PATIENCE);

      assertThat(status(report, "served").state()).isEqualTo(AddonState.BLOCKED);
      assertThat(exists("served")).isTrue();
      assertThat(host.manifests().resolve("served.yaml")).exists();
      assertThat(status(report, "unserved").state()).isEqualTo(AddonState.BLOCKED);
      assertThat(exists("unserved")).isFalse();
      assertThat(host.manifests().resolve("unserved.yaml")).doesNotExist();
    }
  }

  @Test
  void what_it_has_against_its_installation_leaves_everything_as_it_is() throws Exception {
    host.runReady(new Guarded("old", Optional.empty()));
    Obstacle obstacle = new Obstacle("OlderPresent", "found v1, would install v2");
    Guarded refusing = new Guarded("new", Optional.of(obstacle));
    Plan plan = host.server(refusing).plan();
    assertThat(plan.isEmpty()).isTrue();
    assertThat(plan.warnings()).containsExactly("guarded is blocked: found v1, would install v2");

    AddonStatus status = status(host.run(refusing), "guarded");

    assertThat(status.state()).isEqualTo(AddonState.BLOCKED);
    assertThat(status.reason()).isEqualTo("OlderPresent");
    assertThat(value("guarded")).isEqualTo("old");
    assertThat(host.addon("guarded").get("status", "conditions").toString())
        .contains("found v1, would install v2");

    host.runReady(new Guarded("new", Optional.empty()));
    assertThat(value("guarded")).isEqualTo("new");
    assertThat(status(host.run(new Guarded("new", Optional.of(obstacle))), "guarded").state())
        .as("all is in place")
        .isEqualTo(AddonState.READY);
  }

  private static AddonStatus status(AddonReport report, String addon) {
    return report.addon(addon).orElseThrow();
  }

  private boolean exists(String name) {
    return client.configMaps().inNamespace("default").withName(name).get() != null;
  }

  private String value(String name) {
    return client.configMaps().inNamespace("default").withName(name).get().getData().get("value");
  }

  private static String configMap(String name) {
    return configMap(name, "any");
  }

  private static String configMap(String name, String value) {
    return """
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: %s, namespace: default}
    data: {value: %s}
    """
        .formatted(name, value);
  }

  /** Offers capabilities. */
  private record Provider(Set<String> provides) implements Addon {
    @Override
    public String name() {
      return "provider";
    }

    @Override
    public String description() {
      return "for tests";
    }
  }

  /** Has an obstacle. */
  private record Guarded(String value, Optional<Obstacle> obstacle) implements Addon {
    @Override
    public String name() {
      return "guarded";
    }

    @Override
    public String description() {
      return "for tests";
    }

    @Override
    public List<PackagedManifest> manifests(ServerConfig config) {
      return List.of(new PackagedManifest("guarded.yaml", configMap("guarded", value)));
    }

    @Override
    public Optional<Obstacle> obstacle(AddonContext context) {
      return obstacle;
    }
  }
}
