package dev.plinth.examples.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NodeNamesTest {

  @Test
  void the_first_has_the_servers_name_and_the_others_a_number_more() {
    assertThat(NodeNames.of("alpha.example.com", 3))
        .containsExactly("alpha.example.com", "alpha.example.com-2", "alpha.example.com-3");
  }

  @Test
  void no_nodes_have_no_names() {
    assertThat(NodeNames.of("alpha", 0)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {61, 62, 63})
  void stay_within_a_label_and_distinct(int length) {
    // Cut for its suffix, the second name would be the first again.
    String first = "a".repeat(length - 2) + "-2";

    List<String> names = NodeNames.of(first, 12);

    assertThat(names).startsWith(first).hasSize(12).doesNotHaveDuplicates();
    assertThat(names).allMatch(it -> it.matches("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"));
  }

  @Test
  void as_labels_are_no_longer_than_a_label_may_be() {
    assertThat(NodeNames.asLabel("alpha.example.com")).isEqualTo("alpha.example.com");
    assertThat(NodeNames.asLabel("a".repeat(62) + ".example.com")).isEqualTo("a".repeat(62));
  }

  @Test
  void stay_within_a_whole_name() {
    String label = "a".repeat(62) + ".";
    String first = label.repeat(4) + "b";

    assertThat(NodeNames.of(first, 2).get(1)).hasSizeLessThanOrEqualTo(253).endsWith("a-2");
  }
}
