package dev.plinth.drift;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.FakeClock;
import dev.plinth.manifest.ObjectReference;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class DriftMemoryTest {

  private static final ObjectReference A = new ObjectReference("v1", "ConfigMap", "n", "a");
  private static final ObjectReference B = new ObjectReference("v1", "ConfigMap", "n", "b");

  private final FakeClock clock = new FakeClock();
  private final DriftMemory memory = new DriftMemory(clock);

  @Test
  void what_was_applied_is_known_by_its_declaration_until_the_content_changes() {
    memory.begin("content");
    memory.applied(A, "hash", Set.of());
    memory.asDeclared(B, "hash", Set.of());
    memory.begin("content");

    assertThat(memory.wasApplied(A, "hash")).isTrue();
    assertThat(memory.wasApplied(B, "hash")).isTrue();
    assertThat(memory.wasApplied(A, "other")).isFalse();
    memory.begin("new content");
    assertThat(memory.wasApplied(A, "hash")).isFalse();
  }

  @Test
  void a_fight_over_one_object_leaves_the_others_alone_and_survives_a_new_content() {
    repair(A, 5);
    memory.begin("new content");

    assertThat(memory.allowsRepair(A)).isFalse();
    assertThat(memory.allowsRepair(B)).isTrue();
    assertThat(memory.contested()).containsExactly(drift(A));
    assertThat(memory.nextLook()).contains(Duration.ofSeconds(10));
  }

  @Test
  void a_fight_is_over_when_the_object_was_as_declared_for_a_minute() {
    repair(A, 5);
    clock.advance(Duration.ofSeconds(30));
    memory.asDeclared(A, "hash", Set.of());
    assertThat(memory.contested()).containsExactly(drift(A));
    assertThat(memory.nextLook()).contains(Duration.ofSeconds(30));

    clock.advance(Duration.ofSeconds(30));
    memory.asDeclared(A, "hash", Set.of());

    assertThat(memory.contested()).isEmpty();
    assertThat(memory.nextLook()).isEmpty();
  }

  @Test
  void a_look_that_is_overdue_comes_soon_and_not_at_once_over_and_over() {
    repair(A, 5);
    clock.advance(Duration.ofHours(1));

    assertThat(memory.nextLook()).contains(Duration.ofSeconds(1));
  }

  @Test
  void what_is_given_up_by_policy_or_not_declared_any_more_is_no_fight() {
    repair(A, 5);
    repair(B, 5);

    memory.givenUp(A);
    assertThat(memory.contested()).containsExactly(drift(B));
    memory.retain(List.of(A));

    assertThat(memory.contested()).isEmpty();
    assertThat(memory.allowsRepair(B)).isTrue();
  }

  @Test
  void one_version_of_an_object_is_looked_at_once() {
    assertThat(memory.lookOnce(A, "1", () -> drift(A))).isEqualTo(drift(A));
    assertThat(memory.lookOnce(A, "1", () -> Drift.deletionOf(A))).isEqualTo(drift(A));
    assertThat(memory.lookOnce(A, "2", () -> Drift.deletionOf(A))).isEqualTo(Drift.deletionOf(A));
    assertThat(memory.lookOnce(A, "", () -> drift(A))).as("no version").isEqualTo(drift(A));
    assertThat(memory.lookOnce(A, "", () -> Drift.deletionOf(A))).isEqualTo(Drift.deletionOf(A));
  }

  @Test
  void what_the_server_decides_is_known_from_when_the_object_was_as_declared() {
    memory.asDeclared(A, "hash", Set.of("data.x"));
    assertThat(memory.decidedByServer(A)).containsExactly("data.x");

    memory.asDeclared(A, "hash", Set.of());
    assertThat(memory.decidedByServer(A)).isEmpty();
  }

  private void repair(ObjectReference object, int times) {
    for (int i = 0; i < times; i++) {
      memory.repaired(drift(object));
    }
  }

  private static Drift drift(ObjectReference object) {
    var fields = new TreeMap<String, SortedSet<String>>();
    fields.put("kubectl", new TreeSet<>(Set.of("data.x")));
    return new Drift(object, fields);
  }
}
