package dev.plinth.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.Json;
import org.junit.jupiter.api.Test;

class AddonSourcesTest {

  @Test
  void the_spec_names_the_winner_and_the_status_what_each_server_has() {
    AddonSources sources =
        AddonSources.parse(
            Json.tree(
                """
                {"metadata":{"labels":{"applyset.kubernetes.io/id":"x"}},
                 "spec":{"source":"/a","instance":"n1","checksum":"1"},
                 "status":{"instance":"n2","sources":[
                   {"instance":"n1","path":"/a","seen":"2020-01-01T00:00:00Z"},
                   {"instance":"n2","path":"/b","checksum":"2"}]}}
                """));

    assertThat(sources.winner()).isEqualTo("n1");
    assertThat(sources.files())
        .containsExactly(new SourceFile("n1", "/a", ""), new SourceFile("n2", "/b", "2"));
    assertThat(sources.inForce()).isEqualTo("1");
    assertThat(sources.concerns("n2")).isTrue();
    assertThat(sources.concerns("n3")).isFalse();
  }

  @Test
  void an_earlier_plinth_named_the_server_in_the_status_and_k3s_names_none() {
    String rest =
        "\"spec\":{\"source\":\"/a\",\"checksum\":\"1\"},\"status\":{\"instance\":\"n2\"}}";

    assertThat(
            AddonSources.parse(
                    Json.tree(
                        "{\"metadata\":{\"labels\":{\"applyset.kubernetes.io/id\":\"x\"}}," + rest))
                .winner())
        .isEqualTo("n2");
    assertThat(AddonSources.parse(Json.tree("{\"metadata\":{}," + rest)).winner()).isEmpty();
    assertThat(AddonSources.NONE.concerns("n1")).isTrue();
  }

  @Test
  void the_field_manager_of_any_node_is_short_enough_and_its_own() {
    String longest = "n".repeat(253);

    assertThat(SourceFile.fieldManager("n1")).isEqualTo("plinth-source-n1");
    assertThat(SourceFile.fieldManager(longest)).hasSize(128);
    assertThat(SourceFile.fieldManager(longest))
        .isNotEqualTo(SourceFile.fieldManager(longest + "x"));
  }
}
