package dev.plinth.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.plinth.Json;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FieldTransferTest {

  private static final String DEPLOY =
      entry(
          "deploy@n1", "Update", "v1", "2026-01-01T00:00:00Z", "", "{'f:data':{'.':{},'f:a':{}}}");

  @Test
  void what_k3s_wrote_becomes_what_we_applied() {
    assertThat(transfer(DEPLOY))
        .contains(Json.tree("[" + ours("v1", "{'f:data':{'.':{},'f:a':{}}}") + "]"));
  }

  @Test
  void all_of_k3s_writers_are_folded_into_one_entry() {
    assertThat(
            transfer(
                DEPLOY,
                entry(
                    "deploy", "Update", "v1", "2025-01-01T00:00:00Z", "", "{'f:data':{'f:b':{}}}"),
                entry(
                    "k3s-supervisor@n2",
                    "Update",
                    "v1",
                    "2025-01-01T00:00:00Z",
                    "",
                    "{'f:data':{'f:c':{}}}")))
        .contains(
            Json.tree("[" + ours("v1", "{'f:data':{'.':{},'f:a':{},'f:b':{},'f:c':{}}}") + "]"));
  }

  @Test
  void others_and_subresources_keep_their_entries() {
    String user =
        entry("kubectl-edit", "Update", "v1", "2026-01-01T00:00:00Z", "", "{'f:data':{'f:d':{}}}");
    String status =
        entry(
            "deploy@n1",
            "Update",
            "v1",
            "2026-01-01T00:00:00Z",
            "status",
            "{'f:status':{'f:x':{}}}");
    String controllers =
        entry("k3s", "Update", "v1", "2026-01-01T00:00:00Z", "", "{'f:spec':{'f:volumeName':{}}}");

    assertThat(transfer(user, DEPLOY, status, controllers))
        .contains(
            Json.tree(
                "["
                    + ours("v1", "{'f:data':{'.':{},'f:a':{}}}")
                    + ","
                    + String.join(",", user, status, controllers).replace('\'', '"')
                    + "]"));
  }

  @Test
  void fields_of_another_version_are_dropped_as_csaupgrade_drops_them() {
    assertThat(
            transfer(
                entry("plinth", "Apply", "v2", "2026-01-01T00:00:00Z", "", "{'f:data':{'f:o':{}}}"),
                DEPLOY))
        .contains(Json.tree("[" + ours("v2", "{'f:data':{'f:o':{}}}") + "]"));
  }

  @Test
  void a_field_owned_as_a_whole_and_in_parts_is_written_as_both() {
    assertThat(
            transfer(
                entry("plinth", "Apply", "v1", "2026-01-01T00:00:00Z", "", "{'f:data':{}}"),
                DEPLOY))
        .contains(Json.tree("[" + ours("v1", "{'f:data':{'.':{},'f:a':{}}}") + "]"));
  }

  @Test
  void without_an_entry_of_k3s_there_is_nothing_to_do() {
    assertThat(
            transfer(
                entry("kubectl", "Update", "v1", "2026-01-01T00:00:00Z", "", "{'f:data':{}}"),
                entry("deploy@n1", "Apply", "v1", "2026-01-01T00:00:00Z", "", "{'f:data':{}}")))
        .isEmpty();
  }

  private static Optional<JsonNode> transfer(String... entries) {
    return FieldTransfer.fromK3s(
            Json.object(
                "{'metadata':{'resourceVersion':'7','managedFields':[%s]}}"
                    .formatted(String.join(",", entries))
                    .replace('\'', '"')),
            "plinth")
        .map(FieldTransfer::managedFields);
  }

  private static String ours(String version, String fields) {
    return entry("plinth", "Apply", version, "2026-01-01T00:00:00Z", "", fields).replace('\'', '"');
  }

  private static String entry(
      String manager,
      String operation,
      String version,
      String time,
      String subresource,
      String fields) {
    return "{'manager':'%s','operation':'%s','apiVersion':'%s','time':'%s',%s'fieldsType':'FieldsV1','fieldsV1':%s}"
        .formatted(
            manager,
            operation,
            version,
            time,
            subresource.isEmpty() ? "" : "'subresource':'%s',".formatted(subresource),
            fields);
  }
}
