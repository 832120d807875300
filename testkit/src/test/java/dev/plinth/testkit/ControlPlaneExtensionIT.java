package dev.plinth.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.controlplane.Component;
import dev.plinth.controlplane.ControlPlane;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;

/** Runs test classes as their users would, and looks at the control planes that they were given. */
class ControlPlaneExtensionIT {
  private static final List<ControlPlane> SEEN = new ArrayList<>();

  @BeforeEach
  void forget() {
    SEEN.clear();
  }

  @Test
  void classesShareOneUnlessTheyAskForTheirOwn() {
    EngineExecutionResults results = run(First.class, Second.class, Own.class, InAField.class);

    results
        .testEvents()
        .assertStatistics(statistics -> statistics.started(6).succeeded(6).failed(0));
    assertThat(SEEN).hasSize(6);
    ControlPlane shared = SEEN.get(0);
    assertThat(SEEN).filteredOn(seen -> seen == shared).as("First, Nested, Second").hasSize(3);
    assertThat(SEEN.stream().distinct()).as("and Own, OwnNested, InAField").hasSize(4);
    assertThat(SEEN)
        .as("all are closed at the end")
        .noneMatch(seen -> seen.isRunning(Component.API_SERVER));
  }

  @Test
  void aFieldThatIsNotStaticIsExplained() {
    assertThat(run(NotStatic.class).testEvents().failed().stream())
        .singleElement()
        .asString()
        .contains("field with @RegisterExtension must be static");
  }

  @Test
  void whatDoesNotStartFailsTheClassWithItsReason() {
    EngineExecutionResults results = run(Broken.class);

    results.testEvents().assertStatistics(statistics -> statistics.started(0));
    assertThat(results.containerEvents().failed().stream())
        .singleElement()
        .asString()
        .contains("kube-apiserver ended with status");
  }

  private static EngineExecutionResults run(Class<?>... classes) {
    return EngineTestKit.engine("junit-jupiter")
        .selectors(
            Stream.of(classes)
                .map(DiscoverySelectors::selectClass)
                .toArray(DiscoverySelector[]::new))
        .execute();
  }

  @WithControlPlane(nodes = 1)
  static class First {
    @BeforeAll
    static void isReady(KubernetesClient client) {
      assertThat(client.nodes().withName("node-1").isReady()).isTrue();
    }

    @Test
    void isGivenAll(
        ControlPlane controlPlane, KubernetesClient client, @Kubeconfig Path kubeconfig) {
      SEEN.add(controlPlane);
      assertThat(client).isSameAs(controlPlane.client());
      assertThat(kubeconfig).isEqualTo(controlPlane.kubeconfig()).matches(Files::exists);
    }

    @Nested
    class Inside {
      @Test
      void hasThatOfItsClass(ControlPlane controlPlane) {
        SEEN.add(controlPlane);
      }
    }
  }

  @WithControlPlane
  static class Second {
    @Test
    void isGivenTheSame(ControlPlane controlPlane) {
      SEEN.add(controlPlane);
    }
  }

  @WithControlPlane(fresh = true, nodes = 2)
  static class Own {
    @Test
    void hasItsOwnNodes(ControlPlane controlPlane, KubernetesClient client) {
      SEEN.add(controlPlane);
      assertThat(client.nodes().list().getItems()).hasSize(2);
    }

    @Nested
    @WithControlPlane(fresh = true)
    class OwnNested {
      @Test
      void canAskForAnotherOne(ControlPlane controlPlane) {
        SEEN.add(controlPlane);
      }
    }
  }

  static class InAField {
    @RegisterExtension
    static final ControlPlaneExtension CONTROL_PLANE =
        ControlPlaneExtension.fresh(builder -> builder.serviceCidrs("fd43::/112"));

    @Test
    void isAsConfigured(ControlPlane controlPlane) {
      SEEN.add(controlPlane);
      assertThat(CONTROL_PLANE.controlPlane()).isSameAs(controlPlane);
      assertThat(
              CONTROL_PLANE
                  .client()
                  .services()
                  .inNamespace("default")
                  .withName("kubernetes")
                  .get()
                  .getSpec()
                  .getClusterIP())
          .startsWith("fd43:");
    }
  }

  static class NotStatic {
    @RegisterExtension final ControlPlaneExtension controlPlane = ControlPlaneExtension.shared();

    @Test
    void hasNone() {
      controlPlane.client();
    }
  }

  static class Broken {
    @RegisterExtension
    static final ControlPlaneExtension CONTROL_PLANE =
        ControlPlaneExtension.fresh(
            builder -> builder.flags(Component.API_SERVER, "--no-such-flag"));

    @Test
    void isNotReached() {}
  }
}
