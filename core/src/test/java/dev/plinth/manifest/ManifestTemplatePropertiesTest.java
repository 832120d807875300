package dev.plinth.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever a value contains, it is found again as it was given. */
class ManifestTemplatePropertiesTest {

  private static final ManifestTemplate TEMPLATE =
      ManifestTemplate.of(
          "t.yaml",
          """
          apiVersion: v1
          kind: ConfigMap
          metadata: {name: x}
          whole: '%{V}%'
          flow: {double: "%{V}%", among: ["a\\t%{V}% b", 'it''s %{V}%'], list: "%{L}%"}
          plain: a%{V}%
          folded: first %{V}%
            second
          last: "%{V}%"
          """);

  private static final ManifestTemplate BLOCKS =
      ManifestTemplate.of(
          "t.yaml",
          """
          apiVersion: v1
          kind: ConfigMap
          metadata: {name: x}
          literal: |
            first %{V}% end
              %{V}%
            last
          folded: >-
            first
            %{V}%
            last
          after: {untouched: 1}
          """);

  @Property
  void quotedAndPlainScalarsTakeEveryText(@ForAll("texts") String v) {
    JsonNode rendered =
        parse(TEMPLATE.render(Variables.builder().text("V", v).list("L", List.of(v, v)).build()));

    assertThat(rendered.get("whole")).isEqualTo(TextNode.valueOf(v));
    assertThat(rendered.get("last")).isEqualTo(TextNode.valueOf(v));
    assertThat(rendered.at("/flow/double")).isEqualTo(TextNode.valueOf(v));
    assertThat(rendered.at("/flow/among/0")).isEqualTo(TextNode.valueOf("a\t" + v + " b"));
    assertThat(rendered.at("/flow/among/1")).isEqualTo(TextNode.valueOf("it's " + v));
    assertThat(rendered.at("/flow/list/1")).isEqualTo(TextNode.valueOf(v));
    assertThat(rendered.get("plain")).isEqualTo(TextNode.valueOf("a" + v));
    assertThat(rendered.get("folded")).isEqualTo(TextNode.valueOf("first " + v + " second"));
  }

  @Property
  void blockScalarsTakeTheTextUnchangedOrRefuseIt(@ForAll("texts") String v) {
    String rendered;
    try {
      rendered = BLOCKS.render(Variables.builder().text("V", v).build());
    } catch (ManifestException e) {
      assertThat(e).hasMessageContaining("the value of V");
      return;
    }
    JsonNode object = parse(rendered);
    assertThat(object.get("literal").textValue())
        .isEqualTo("first " + v + " end\n  " + v + "\nlast\n");
    assertThat(object.get("folded").textValue()).isEqualTo("first " + v + " last");
    assertThat(object.at("/after/untouched").intValue()).isEqualTo(1);
  }

  @Property
  void blockScalarsTakeOrdinaryText(@ForAll("ordinary") String v) {
    assertThat(parse(BLOCKS.render(Variables.builder().text("V", v).build())).get("folded"))
        .isEqualTo(TextNode.valueOf("first " + v + " last"));
  }

  @Provide
  Arbitrary<String> texts() {
    Arbitrary<String> traps =
        Arbitraries.of(
            "",
            " ",
            "'",
            "\"",
            "\\",
            "\n",
            "\r\n",
            "\t",
            ": ",
            " #",
            "---",
            "\n---\n",
            "%{V}%",
            "%{L}%",
            "{",
            "]",
            ",",
            "- ",
            "? ",
            "&a",
            "*a",
            "!!int",
            "|",
            ">",
            "@",
            "`",
            "~",
            "null",
            "yes",
            "010",
            "\u0000",
            "\u0007",
            "\u007f",
            "\u0085",
            "\u00a0",
            "\u2028",
            "\u2029",
            "\ufeff",
            "\ufffe",
            "\uffff",
            "\uD83D\uDE00",
            "$1",
            "\\0");
    Arbitrary<String> any =
        Arbitraries.strings()
            .ofMaxLength(20)
            .filter(s -> s.codePoints().noneMatch(c -> c >= 0xD800 && c <= 0xDFFF));
    return Arbitraries.oneOf(traps, any).list().ofMaxSize(4).map(parts -> String.join("", parts));
  }

  @Provide
  Arbitrary<String> ordinary() {
    return Arbitraries.strings()
        .withCharRange('!', '~')
        .withChars('\u00e4', '\u4e2d')
        .ofMinLength(1)
        .ofMaxLength(40);
  }

  private static JsonNode parse(String text) {
    return new ManifestParser().parse("t.yaml", text).get(0).content();
  }
}
