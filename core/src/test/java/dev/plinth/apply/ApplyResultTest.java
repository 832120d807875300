package dev.plinth.apply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.apply.ObjectOutcome.Action;
import dev.plinth.manifest.ObjectReference;
import dev.plinth.manifest.SourceLocation;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ApplyResultTest {

  private static final ObjectReference OBJECT = new ObjectReference("v1", "ConfigMap", "a", "x");

  @Test
  void is_complete_if_everything_declared_is_in_place() {
    assertThat(
            result(
                    declared(Action.CREATED),
                    declared(Action.CONFIGURED),
                    declared(Action.UNCHANGED),
                    undeclared(Action.DELETED))
                .complete())
        .isTrue();
    assertThat(result().complete()).isTrue();
  }

  @Test
  void is_complete_though_something_undeclared_was_left() {
    ApplyResult result = result(undeclared(Action.SKIPPED));

    assertThat(result.complete()).isTrue();
    assertThat(result.problems()).hasSize(1);
  }

  @Test
  void is_not_complete_if_anything_failed_or_something_declared_was_skipped() {
    assertThat(result(declared(Action.CREATED), declared(Action.FAILED)).complete()).isFalse();
    assertThat(result(declared(Action.SKIPPED)).complete()).isFalse();
    assertThat(result(undeclared(Action.FAILED)).complete()).isFalse();
  }

  @Test
  void counts_what_was_written() {
    assertThat(
            result(
                    declared(Action.CREATED),
                    declared(Action.CONFIGURED),
                    undeclared(Action.DELETED),
                    declared(Action.UNCHANGED),
                    declared(Action.SKIPPED),
                    declared(Action.FAILED))
                .changes())
        .isEqualTo(3);
  }

  @Test
  void is_extended_without_being_changed() {
    ApplyResult before = result(declared(Action.CREATED));

    assertThat(before.and(List.of(undeclared(Action.DELETED))).outcomes()).hasSize(2);
    assertThat(before.outcomes()).hasSize(1);
  }

  @Test
  void an_outcome_tells_the_object_and_where_it_is_declared() {
    assertThat(declared(Action.FAILED).describe()).isEqualTo("ConfigMap a/x: why (foo.yaml:3:1)");
    assertThat(undeclared(Action.SKIPPED).describe()).isEqualTo("ConfigMap a/x: why");
  }

  private static ApplyResult result(ObjectOutcome... outcomes) {
    return new ApplyResult(List.of(outcomes));
  }

  private static ObjectOutcome declared(Action action) {
    return new ObjectOutcome(
        OBJECT, Optional.of(new SourceLocation("foo.yaml", 3, 1)), action, "Reason", "why", false);
  }

  private static ObjectOutcome undeclared(Action action) {
    return new ObjectOutcome(OBJECT, Optional.empty(), action, "Reason", "why", false);
  }
}
