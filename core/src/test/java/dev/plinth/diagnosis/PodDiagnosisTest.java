package dev.plinth.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import org.junit.jupiter.api.Test;

class PodDiagnosisTest {

  /** Else each turn of the kubelet's would be a new cause, with an event of its own. */
  @Test
  void an_image_that_cannot_be_pulled_is_one_cause_whether_the_kubelet_tries_or_waits() {
    Cause trying = cause("ErrImagePull", "not found: manifest unknown");
    Cause waiting =
        cause(
            "ImagePullBackOff",
            "Back-off pulling image \"example.org/web:1\": ErrImagePull: not found: manifest"
                + " unknown");

    assertThat(waiting).isEqualTo(trying);
    assertThat(trying.describe())
        .endsWith(
            "image example.org/web:1 of container main cannot be pulled: not found: manifest"
                + " unknown");
  }

  @Test
  void other_reasons_are_told() {
    assertThat(cause("InvalidImageName", "couldn't parse image name").describe())
        .contains("cannot be pulled (InvalidImageName): couldn't parse image name");
  }

  private static Cause cause(String reason, String message) {
    Pod pod =
        new PodBuilder()
            .withNewMetadata()
            .withNamespace("default")
            .withName("web-1")
            .endMetadata()
            .withNewStatus()
            .addNewContainerStatus()
            .withName("main")
            .withImage("example.org/web:1")
            .withNewState()
            .withNewWaiting()
            .withReason(reason)
            .withMessage(message)
            .endWaiting()
            .endState()
            .endContainerStatus()
            .endStatus()
            .build();
    return PodDiagnosis.other(pod).orElseThrow();
  }
}
