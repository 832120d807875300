package dev.plinth.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.LongNode;
import org.junit.jupiter.api.Test;

class YamlTextTest {

  @Test
  void every_value_has_its_place() {
    YamlTree.Mapping root = mapping("a:\n  b: [x,\n    8]\n");

    YamlTree.Member a = root.members().get("a");
    YamlTree.Member b = ((YamlTree.Mapping) a.value()).members().get("b");
    assertThat(a.key()).hasToString("values:1:1");
    assertThat(b.key()).hasToString("values:2:3");
    assertThat(((YamlTree.Sequence) b.value()).items())
        .extracting(item -> item.location().toString())
        .containsExactly("values:2:7", "values:3:5");
  }

  @Test
  void scalars_are_those_of_a_manifest() {
    YamlTree.Mapping root = mapping("a: yes\nb: 010\ny: 1\n");

    assertThat(scalar(root, "a")).isEqualTo(BooleanNode.TRUE);
    assertThat(scalar(root, "b")).isEqualTo(LongNode.valueOf(8));
    assertThat(root.members()).containsKey("true");
  }

  @Test
  void the_last_of_equal_keys_counts_and_is_reported() {
    YamlText text = YamlText.parse("values", "a: 1\nb: 2\na: 3\n");

    assertThat(scalar((YamlTree.Mapping) text.value().orElseThrow(), "a"))
        .isEqualTo(LongNode.valueOf(3));
    assertThat(text.tolerated())
        .extracting(ManifestProblem::toString)
        .containsExactly("values:3:1: a: duplicate key, the first is at 1:1");
  }

  @Test
  void a_merge_key_wins_over_what_stands_before_it_and_is_reported() {
    YamlText text = YamlText.parse("values", "base: &b {a: 1}\nuse:\n  a: 2\n  <<: *b\n  c: 3\n");

    YamlTree.Mapping root = (YamlTree.Mapping) text.value().orElseThrow();
    YamlTree.Mapping use = (YamlTree.Mapping) root.members().get("use").value();
    assertThat(scalar(use, "a")).isEqualTo(LongNode.valueOf(1));
    assertThat(text.tolerated()).hasSize(1);
  }

  @Test
  void only_the_first_document_counts() {
    YamlText text = YamlText.parse("values", "---\na: 1\n---\na: 2\n");

    assertThat(scalar((YamlTree.Mapping) text.value().orElseThrow(), "a"))
        .isEqualTo(LongNode.valueOf(1));
    assertThat(text.tolerated())
        .singleElement()
        .hasToString(
            "values:3:1: found text after the end of the document, only the first document counts");
  }

  @Test
  void nothing_and_null_are_no_value() {
    assertThat(YamlText.parse("values", "").value()).isEmpty();
    assertThat(YamlText.parse("values", "# comment\n").value()).isEmpty();
    assertThat(YamlText.parse("values", "null\n").value()).isEmpty();
  }

  @Test
  void what_is_no_yaml_is_told_with_its_place_and_without_its_content() {
    assertThatThrownBy(() -> YamlText.parse("values", "a: 1\nb: 'geheim\n"))
        .isInstanceOf(ManifestException.class)
        .hasMessageContaining("values:")
        .hasMessageNotContaining("geheim");
  }

  private static YamlTree.Mapping mapping(String text) {
    return (YamlTree.Mapping) YamlText.parse("values", text).value().orElseThrow();
  }

  private static JsonNode scalar(YamlTree.Mapping mapping, String key) {
    return ((YamlTree.Scalar) mapping.members().get(key).value()).value();
  }
}
