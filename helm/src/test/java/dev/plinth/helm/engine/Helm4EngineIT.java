package dev.plinth.helm.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.controlplane.tools.Tool;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The helm command of version 4, which has server-side apply. */
@Tag("exhaustive")
class Helm4EngineIT extends CliContract {

  @Override
  Tool tool() {
    return Tool.HELM4;
  }

  @Test
  void fields_of_others_are_taken_by_force_only() throws Exception {
    assertThat(
            done(engine.install(note("one").serverSide(ServerSide.TRUE).build()))
                .isServerSideApplied())
        .isTrue();
    client
        .resource(
            new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace(target.name().namespace())
                .withName("note")
                .endMetadata()
                .addToData("text", "theirs")
                .build())
        .patch(
            new PatchContext.Builder()
                .withPatchType(PatchType.SERVER_SIDE_APPLY)
                .withFieldManager("them")
                .withForce(true)
                .build());
    Outcome.Failed failure = failed(engine.upgrade(note("two").build()));
    assertThat(failure.message()).contains("conflict", "them");
    Outcome forced = engine.upgrade(note("two").forceConflicts(true).build());
    assertThat(forced.isDone()).isTrue();
    assertThat(forced.limits()).isEmpty();
    assertThat(live().getData()).containsEntry("text", "two");
  }

  @Test
  void force_without_server_side_apply_is_told_and_left_out() throws Exception {
    Outcome outcome =
        engine.install(note("one").serverSide(ServerSide.FALSE).forceConflicts(true).build());
    assertThat(outcome.isDone()).isTrue();
    assertThat(outcome.limits().stream().map(EngineLimit::field)).containsExactly("forceConflicts");
    assertThat(outcome.release().orElseThrow().isServerSideApplied()).isFalse();
  }
}
