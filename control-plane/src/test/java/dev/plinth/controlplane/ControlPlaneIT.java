package dev.plinth.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.KubernetesClient;
import org.junit.jupiter.api.Test;

class ControlPlaneIT {
  @Test
  void startsAndStops() {
    long start = System.nanoTime();
    try (ControlPlane controlPlane = ControlPlane.builder().nodes(2).start()) {
      System.out.println("started in " + (System.nanoTime() - start) / 1_000_000 + " ms");
      KubernetesClient client = controlPlane.client();
      assertThat(client.nodes().list().getItems()).hasSize(2);
      System.out.println(controlPlane.requests());
      start = System.nanoTime();
    }
    System.out.println("closed in " + (System.nanoTime() - start) / 1_000_000 + " ms");
  }
}
