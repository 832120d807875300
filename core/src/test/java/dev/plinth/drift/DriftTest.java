package dev.plinth.drift;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.plinth.Json;
import dev.plinth.manifest.ObjectReference;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DriftTest {

  private static final ObjectReference MAP = new ObjectReference("v1", "ConfigMap", "a", "x");
  private static final JsonNode DECLARED =
      Json.tree("{\"data\":{\"one\":\"1\",\"two\":\"2\",\"three\":\"3\"}}");
  private static final String OURS = entry("plinth", "Apply", "f:one");

  @Test
  void fields_are_told_by_the_manager_that_has_them_now() {
    Drift drift =
        change(OURS, entry("kubectl-edit", "Update", "f:two"), entry("helm", "Apply", "f:three"));

    assertThat(drift.isDeletion()).isFalse();
    assertThat(drift.describe())
        .isEqualTo("ConfigMap a/x: data.three by helm; data.two by kubectl-edit");
  }

  @Test
  void a_field_that_nobody_has_was_removed() {
    assertThat(change(OURS, entry("kubectl-edit", "Update", "f:two")).describe())
        .isEqualTo("ConfigMap a/x: data.three removed; data.two by kubectl-edit");
  }

  @Test
  void fields_of_others_that_are_ours_as_well_or_not_declared_are_left_out() {
    String ours = entry("plinth", "Apply", "f:one", "f:two");

    assertThat(change(ours, entry("kubectl", "Update", "f:one", "f:three", "f:other")).describe())
        .isEqualTo("ConfigMap a/x: data.three by kubectl");
  }

  @Test
  void a_write_through_a_subresource_is_told_as_that() {
    String scale =
        entry("kubectl", "Update", "f:two", "f:three")
            .replace("\"operation\"", "\"subresource\":\"scale\",\"operation\"");

    assertThat(change(OURS, scale).fields()).containsOnlyKeys("kubectl (scale)");
  }

  @Test
  void what_admission_decided_in_an_answer_to_us_is_left_out() {
    assertThat(
            change(
                    OURS,
                    entry("plinth", "Update", "f:two"),
                    entry("kubectl-edit", "Update", "f:three"))
                .describe())
        .isEqualTo("ConfigMap a/x: data.three by kubectl-edit");
    assertThat(
            Drift.changeOf(
                    MAP,
                    DECLARED,
                    live(OURS, entry("kubectl-edit", "Update", "f:three")),
                    "plinth",
                    Set.of("data.two"))
                .describe())
        .isEqualTo("ConfigMap a/x: data.three by kubectl-edit");
  }

  @Test
  void somebody_who_applies_under_our_name_is_told_as_that() {
    assertThat(change(entry("plinth", "Apply", "f:one", "f:two", "f:three")).describe())
        .isEqualTo("ConfigMap a/x: metadata.annotations.plinth.dev/applied by plinth");
  }

  @Test
  void a_deletion_has_no_fields() {
    Drift drift = Drift.deletionOf(MAP);

    assertThat(drift.isDeletion()).isTrue();
    assertThat(drift.describe()).isEqualTo("ConfigMap a/x: deleted");
  }

  @Test
  void of_many_fields_the_first_ten_are_named() {
    String data =
        IntStream.range(10, 25)
            .mapToObj("\"k%d\":\"\""::formatted)
            .collect(Collectors.joining(",", "{\"data\":{", "}}"));

    assertThat(Drift.changeOf(MAP, Json.tree(data), live(), "plinth", Set.of()).describe())
        .startsWith("ConfigMap a/x: data.k10, data.k11, ")
        .endsWith("data.k19 and 5 more removed");
  }

  private static Drift change(String... entries) {
    return Drift.changeOf(MAP, DECLARED, live(entries), "plinth", Set.of());
  }

  private static JsonNode live(String... entries) {
    return Json.tree(
        "{\"metadata\":{\"managedFields\":[%s]}}".formatted(String.join(",", entries)));
  }

  private static String entry(String manager, String operation, String... fields) {
    return "{\"manager\":\"%s\",\"operation\":\"%s\",\"fieldsV1\":{\"f:data\":{%s}}}"
        .formatted(
            manager,
            operation,
            Set.of(fields).stream().map("\"%s\":{}"::formatted).collect(Collectors.joining(",")));
  }
}
