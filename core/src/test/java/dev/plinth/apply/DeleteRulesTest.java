package dev.plinth.apply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.apply.ObjectOutcome.Action;
import dev.plinth.cluster.FieldSet;
import dev.plinth.cluster.ObservedObject;
import dev.plinth.cluster.ResourceKind;
import dev.plinth.health.Health;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DeleteRulesTest {

  private static final ResourceKind CLAIM =
      new ResourceKind("", "v1", "PersistentVolumeClaim", "persistentvolumeclaims", true);
  private static final ResourceKind DEFINITION =
      new ResourceKind(
          "apiextensions.k8s.io",
          "v1",
          "CustomResourceDefinition",
          "customresourcedefinitions",
          false);
  private static final ResourceKind SAME_NAME_ELSEWHERE =
      new ResourceKind("example.org", "v1", "Namespace", "namespaces", false);

  private final DeleteRules strict = new DeleteRules(false);

  @Test
  void ordinary_objects_may_go() {
    assertThat(strict.reasonToKeep(object(Declared.DEPLOYMENT, "a", false, false))).isEmpty();
    assertThat(strict.reasonToKeep(object(SAME_NAME_ELSEWHERE, "", false, false))).isEmpty();
  }

  @Test
  void what_holds_data_stays_and_the_way_to_consent_is_told() {
    assertThat(strict.reasonToKeep(object(CLAIM, "a", false, false)))
        .hasValueSatisfying(
            it -> {
              assertThat(it.action()).isEqualTo(Action.SKIPPED);
              assertThat(it.reason()).isEqualTo("Protected");
              assertThat(it.location()).isEmpty();
              assertThat(it.message())
                  .endsWith(
                      "kubectl annotate persistentvolumeclaims x -n a plinth.dev/delete=allow");
            });
    assertThat(strict.reasonToKeep(object(Declared.NAMESPACE, "", false, false)))
        .hasValueSatisfying(
            it ->
                assertThat(it.message())
                    .endsWith("kubectl annotate namespaces x plinth.dev/delete=allow"));
    assertThat(strict.reasonToKeep(object(DEFINITION, "", false, false))).isPresent();
  }

  @Test
  void consent_on_the_object_or_for_all_lets_it_go() {
    assertThat(strict.reasonToKeep(object(CLAIM, "a", true, false))).isEmpty();
    assertThat(new DeleteRules(true).reasonToKeep(object(CLAIM, "a", false, false))).isEmpty();
  }

  @Test
  void k3s_label_against_pruning_is_heeded_whatever_else_is_allowed() {
    assertThat(new DeleteRules(true).reasonToKeep(object(Declared.DEPLOYMENT, "a", true, true)))
        .hasValueSatisfying(
            it -> {
              assertThat(it.reason()).isEqualTo("PruneDisabled");
              assertThat(it.message()).contains("objectset.rio.cattle.io/prune=false");
            });
  }

  private static ObservedObject object(
      ResourceKind kind, String namespace, boolean deleteAllowed, boolean pruneDisabled) {
    return new ObservedObject(
        kind,
        namespace,
        "x",
        "u",
        "1",
        "set",
        "",
        "",
        FieldSet.EMPTY,
        false,
        false,
        deleteAllowed,
        pruneDisabled,
        Map.of(),
        Health.current("", ""));
  }
}
