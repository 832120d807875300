package dev.plinth.examples.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.controlplane.ControlPlane;
import dev.plinth.testkit.WithControlPlane;
import dev.plinth.testkit.addons.PlinthExtension;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;

/** Runs an example as its user does with a cluster that is there already. */
@WithControlPlane(fresh = true, nodes = 1)
@TestMethodOrder(OrderAnnotation.class)
class AnyClusterIT {

  @TempDir Path directory;

  @Test
  @Order(1)
  void what_is_not_ready_fails_the_class_with_the_report_and_is_kept(ControlPlane controlPlane)
      throws IOException {
    Resource<ConfigMap> foreign = controlPlane.client().resource(configMapOfAnotherDnsServer());
    foreign.create();

    EngineExecutionResults results = runOn(controlPlane);

    foreign.delete();

    List<Throwable> failures =
        results.containerEvents().failed().stream()
            .map(it -> it.getRequiredPayload(TestExecutionResult.class))
            .flatMap(it -> it.getThrowable().stream())
            .toList();
    assertThat(failures)
        .singleElement()
        .isInstanceOf(AssertionError.class)
        .asString()
        .contains(
            "not all add-ons are ready",
            "coredns FAILED (ForeignObject) ConfigMap kube-system/coredns");
    results.testEvents().assertStatistics(it -> it.started(0));
    assertThat(kept()).as("directories that are kept").hasSize(1);
  }

  @Test
  @Order(2)
  void the_same_test_runs_on_any_cluster_by_its_kubeconfig(ControlPlane controlPlane)
      throws IOException {
    runOn(controlPlane).testEvents().assertStatistics(it -> it.started(1).succeeded(1));

    assertThat(
            controlPlane
                .client()
                .apps()
                .deployments()
                .inNamespace("kube-system")
                .withName("coredns")
                .get())
        .as("what add-ons have made in a cluster that is not the test's stays")
        .isNotNull();
    assertThat(kept()).isEmpty();
  }

  private EngineExecutionResults runOn(ControlPlane controlPlane) {
    return EngineTestKit.engine("junit-jupiter")
        .configurationParameter(PlinthExtension.KUBECONFIG, controlPlane.kubeconfig().toString())
        .configurationParameter(PlinthExtension.PATIENCE, "PT1M")
        .configurationParameter(PlinthExtension.KEEP, "on-failure")
        .configurationParameter(PlinthExtension.DIRECTORY, directory.toString())
        .selectors(DiscoverySelectors.selectClass(AnyClusterExample.class))
        .execute();
  }

  private static ConfigMap configMapOfAnotherDnsServer() {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withNamespace("kube-system")
        .withName("coredns")
        .endMetadata()
        .addToData("Corefile", ".:53 {}\n")
        .build();
  }

  private List<Path> kept() throws IOException {
    try (Stream<Path> directories = Files.list(directory)) {
      return directories.toList();
    }
  }
}
