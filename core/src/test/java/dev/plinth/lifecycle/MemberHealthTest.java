package dev.plinth.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.cluster.FieldSet;
import dev.plinth.cluster.ObservedObject;
import dev.plinth.cluster.ResourceKind;
import dev.plinth.health.Health;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemberHealthTest {

  private static final ResourceKind POD = new ResourceKind("", "v1", "Pod", "pods", true);

  @Test
  void nothing_is_healthy() {
    MemberHealth health = MemberHealth.of(List.of());

    assertThat(health.total()).isZero();
    assertThat(health.problem()).isEmpty();
    assertThat(health.failed()).isFalse();
  }

  @Test
  void counts_the_healthy_ones() {
    MemberHealth health =
        MemberHealth.of(
            List.of(
                pod("a", Health.current("Ready", "")),
                pod("b", Health.inProgress("Pulling", "pulls the image")),
                pod("c", Health.terminating("Deleting", "is deleted"))));

    assertThat(health.total()).isEqualTo(3);
    assertThat(health.ready()).isEqualTo(1);
    assertThat(health.failed()).isFalse();
    assertThat(health.problem()).contains("Pod ns/b: pulls the image");
  }

  @Test
  void a_failed_one_is_told_before_those_on_the_way() {
    MemberHealth health =
        MemberHealth.of(
            List.of(
                pod("a", Health.inProgress("Pulling", "pulls the image")),
                pod("z", Health.failed("Failed", "ended with code 1"))));

    assertThat(health.failed()).isTrue();
    assertThat(health.problem()).contains("Pod ns/z: ended with code 1");
  }

  @Test
  void among_equals_the_first_by_name_is_told_so_that_reports_do_not_flicker() {
    ObservedObject a = pod("a", Health.inProgress("Pulling", "pulls"));
    ObservedObject b = pod("b", Health.inProgress("Pulling", "pulls"));

    assertThat(MemberHealth.of(List.of(b, a)).problem())
        .isEqualTo(MemberHealth.of(List.of(a, b)).problem())
        .contains("Pod ns/a: pulls");
  }

  private static ObservedObject pod(String name, Health health) {
    return new ObservedObject(
        POD, "ns", name, "u", "1", "set", "", FieldSet.EMPTY, false, false, false, false, health);
  }
}
