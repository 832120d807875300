package dev.plinth.helm.controller;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FieldOwnersTest {

  private static final FieldOwners OWNERS =
      owners(
          """
          [{"manager": "java", "operation": "Update", "time": "2026-01-01T00:00:00Z", "fieldsV1": {
             "f:data": {}, "f:metadata": {"f:labels": {".": {}, "f:app.kubernetes.io/name": {}}},
             "f:spec": {"f:template": {"f:spec": {"f:containers": {
               "k:{\\"name\\":\\"web\\"}": {".": {}, "f:name": {}, "f:args": {}},
               "k:{\\"name\\":\\"other\\"}": {".": {}, "f:image": {}}}}},
               "f:ports": {"k:{\\"port\\":80,\\"protocol\\":\\"TCP\\"}": {"f:port": {}}}}}},
           {"manager": "edit", "operation": "Update", "time": "2026-01-02T00:00:00Z", "fieldsV1": {
             "f:data": {"f:app.properties": {}},
             "f:spec": {"f:template": {"f:spec": {"f:containers": {
               "k:{\\"name\\":\\"web\\"}": {"f:image": {}}}}}}}},
           {"manager": "kcm", "operation": "Update", "subresource": "scale",
             "time": "2026-01-03T00:00:00Z", "fieldsV1": {"f:spec": {"f:replicas": {}}}}]
          """);

  @ParameterizedTest
  @CsvSource({
    "data.app.properties, edit",
    "metadata.labels.app.kubernetes.io/name, java",
    "spec.template.spec.containers[web].image, edit",
    "spec.template.spec.containers[web].args[1], java",
    "spec.template.spec.containers[other].image, java",
    "spec.ports[0].port, java",
    "spec.replicas, kcm (scale)"
  })
  void a_field_has_the_manager_whose_entry_leads_to_it(String path, String owner) {
    assertThat(OWNERS.ownerOf(path)).contains(owner);
  }

  @ParameterizedTest
  @CsvSource({
    "data.gone",
    "data.app",
    "metadata.labels.app",
    "spec.template.spec.containers[third].image",
    "spec.template.spec.containers[other].args[0]",
    "spec.template.metadata.labels.app"
  })
  void what_nobody_declares_has_no_owner(String path) {
    assertThat(OWNERS.ownerOf(path)).isEmpty();
  }

  @Test
  void without_entries_nothing_is_known() {
    assertThat(owners("[]").ownerOf("data.x")).isEmpty();
    assertThat(owners("{}").ownerOf("data.x")).isEmpty();
  }

  private static FieldOwners owners(String json) {
    try {
      return new FieldOwners(new ObjectMapper().readTree(json));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
