package dev.plinth.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.cluster.FieldSet;
import dev.plinth.cluster.ObservedObject;
import dev.plinth.cluster.ResourceKind;
import dev.plinth.diagnosis.Cause;
import dev.plinth.health.Health;
import dev.plinth.report.AddonState;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MemberHealthTest {

  private static final ResourceKind POD = new ResourceKind("", "v1", "Pod", "pods", true);

  @Test
  void nothing_is_healthy() {
    MemberHealth health = MemberHealth.of(List.of());

    assertThat(health.total()).isZero();
    assertThat(health.verdict(List.of())).isEmpty();
  }

  @Test
  void counts_the_healthy_ones_and_tells_the_others_by_name() {
    MemberHealth health =
        MemberHealth.of(
            List.of(
                pod("c", Health.terminating("Deleting", "is deleted")),
                pod("a", Health.current("Ready", "")),
                pod("b", Health.inProgress("Pulling", "pulls the image"))));

    assertThat(health.total()).isEqualTo(3);
    assertThat(health.ready()).isEqualTo(1);
    assertThat(health.verdict(List.of()))
        .contains(
            new Verdict(
                AddonState.PROGRESSING,
                "Pulling",
                "Pod ns/b: pulls the image; Pod ns/c: is deleted"));
  }

  @Test
  void a_failed_one_is_told_before_those_on_the_way() {
    MemberHealth health =
        MemberHealth.of(
            List.of(
                pod("a", Health.inProgress("Pulling", "pulls the image")),
                pod("z", Health.failed("Failed", "ended with code 1"))));

    assertThat(health.verdict(List.of()))
        .contains(
            new Verdict(
                AddonState.FAILED,
                "Failed",
                "Pod ns/z: ended with code 1; Pod ns/a: pulls the image"));
  }

  @Test
  void a_terminal_cause_makes_it_failed_and_gives_its_reason() {
    MemberHealth health =
        MemberHealth.of(List.of(pod("a", Health.inProgress("NotReady", "0 of 1 ready"))));

    assertThat(
            health.verdict(
                List.of(
                    new Cause("Pod ns/x", "Volume", "no volume", false),
                    new Cause("Pod ns/y", "ImagePull", "no image", true))))
        .contains(
            new Verdict(
                AddonState.FAILED,
                "ImagePull",
                "Pod ns/a: 0 of 1 ready; Pod ns/x: no volume; Pod ns/y: no image"));
  }

  @Test
  void an_object_that_has_a_cause_is_not_told_twice() {
    MemberHealth health =
        MemberHealth.of(List.of(pod("a", Health.inProgress("NotReady", "not ready"))));

    assertThat(health.verdict(List.of(new Cause("Pod ns/a", "Volume", "no volume", false))))
        .contains(new Verdict(AddonState.PROGRESSING, "Volume", "Pod ns/a: no volume"));
  }

  private static ObservedObject pod(String name, Health health) {
    return new ObservedObject(
        POD,
        "ns",
        name,
        "u",
        "1",
        "set",
        "",
        "",
        FieldSet.EMPTY,
        false,
        false,
        false,
        false,
        Map.of(),
        health);
  }
}
