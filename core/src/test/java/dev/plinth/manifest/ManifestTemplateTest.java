package dev.plinth.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ManifestTemplateTest {

  @Test
  void aScalarThatIsOnePlaceholderBecomesWhatTheVariableIs() {
    ManifestTemplate template =
        ManifestTemplate.of(
            "t.yaml",
            """
            text: "%{TEXT}%" # stays
            list: '%{LIST}%'
            number: "%{NUMBER}%"
            flag: {inFlow: "%{FLAG}%"}
            """);

    String rendered =
        template.render(
            Variables.builder()
                .text("TEXT", "010")
                .list("LIST", List.of("10.43.0.10", "fd00:43::a"))
                .number("NUMBER", -2)
                .flag("FLAG", true)
                .build());

    assertThat(rendered)
        .isEqualTo(
            """
            text: "010" # stays
            list: ["10.43.0.10", "fd00:43::a"]
            number: -2
            flag: {inFlow: true}
            """);
  }

  @Test
  void variablesOfTwoSourcesAreJoinedUnlessBothHaveOne() {
    Variables some = Variables.builder().text("A", "1").build();

    assertThat(some.and(Variables.builder().number("B", 2).build()).names())
        .containsExactlyInAnyOrder("A", "B");
    assertThatThrownBy(() -> some.and(Variables.builder().text("A", "2").build()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("variables are given twice: [A]");
  }

  @Test
  void aPlaceholderAmongOtherTextGivesAString() {
    String rendered =
        ManifestTemplate.of(
                "t.yaml",
                """
                image: "%{REGISTRY}%rancher/coredns:1"
                plain: port-%{PORT}%
                single: 'it''s %{REGISTRY}%'
                """)
            .render(Variables.builder().text("REGISTRY", "a\"b\n/").number("PORT", 53).build());

    assertThat(rendered)
        .isEqualTo(
            """
            image: "a\\"b\\n/rancher/coredns:1"
            plain: "port-53"
            single: "it's a\\"b\\n/"
            """);
  }

  @Test
  void blockScalarsTakeValuesAsTheyAre() {
    String rendered =
        ManifestTemplate.of(
                "t.yaml",
                """
                Corefile: |
                  .:53 {
                      kubernetes %{DOMAIN}% in-addr.arpa
                  }
                after: "%{DOMAIN}%"
                """)
            .render(Variables.builder().text("DOMAIN", "it's \"#: %{DOMAIN}% $1").build());

    assertThat(rendered)
        .contains("      kubernetes it's \"#: %{DOMAIN}% $1 in-addr.arpa\n")
        .endsWith("after: \"it's \\\"#: %{DOMAIN}% $1\"\n");
  }

  @Test
  void blockScalarsRefuseWhatWouldChangeTheirLines() {
    ManifestTemplate template = ManifestTemplate.of("t.yaml", "a: |\n  x\n  %{V}%\nb: 1\n");

    assertThatExceptionOfType(ManifestException.class)
        .isThrownBy(() -> template.render(Variables.builder().text("V", "x\ny").build()))
        .withMessageContaining("t.yaml:1:4: the value of V has a line break");
    assertThatExceptionOfType(ManifestException.class)
        .isThrownBy(() -> template.render(Variables.builder().text("V", "").build()))
        .withMessageContaining("t.yaml:1:4: the value of V cannot stand here");
  }

  @Test
  void everyMissingAndEveryUnusedVariableIsNamed() {
    ManifestTemplate template = ManifestTemplate.of("t.yaml", "a: '%{A}%'\nb: x%{B}%%{C}%\n");

    assertThat(template.placeholders()).containsExactly("A", "B", "C");
    assertThatExceptionOfType(ManifestException.class)
        .isThrownBy(
            () -> template.render(Variables.builder().text("B", "").text("X", "secret").build()))
        .withMessage(
            """
            t.yaml:1:4: the placeholder A has no variable
            t.yaml:2:4: the placeholder C has no variable
            t.yaml:1:1: the variable X has no placeholder\
            """);
  }

  @Test
  void aStandardSetIsRestrictedToWhatATemplateNeeds() {
    ManifestTemplate template = ManifestTemplate.of("t.yaml", "a: '%{A}%'\n");
    Variables standard = Variables.builder().text("A", "a").text("B", "b").build();

    assertThat(template.render(standard.only(template.placeholders()))).isEqualTo("a: \"a\"\n");
    assertThat(standard.only(Set.of("A", "Z")).names()).containsExactly("A");
  }

  @Test
  void placeholdersInCommentsAreNone() {
    String text = "# %{A}%\na: 1 # %{b}%\n";

    assertThat(ManifestTemplate.of("t.yaml", text).render(Variables.none())).isEqualTo(text);
  }

  @Test
  void placeholdersInCommentsAroundBlockScalarsAreNone() {
    String rendered =
        ManifestTemplate.of(
                "t.yaml",
                "a: | # %{A}% %{B}%\n  x %{A}%\n\n# %{A}% %{C}%\nb: >-\n  %{A}%\n # %{A}% %{D}%\n")
            .render(Variables.builder().text("A", "v").build());

    assertThat(rendered)
        .isEqualTo("a: | # %{A}% %{B}%\n  x v\n\n# %{A}% %{C}%\nb: >-\n  v\n # %{A}% %{D}%\n");
  }

  @Test
  void placeholdersWhereNoneCanBeAreRefusedTogether() {
    assertThatExceptionOfType(ManifestException.class)
        .isThrownBy(
            () ->
                ManifestTemplate.of(
                    "t.yaml", "'%{KEY}%': 1\nb: !!int '%{N}%'\nc: &x '%{N}%'\nd: '%{lower}%'\n"))
        .withMessage(
            """
            t.yaml:1:1: found a placeholder in a key, expected it in a value
            t.yaml:2:4: found a placeholder in a scalar with a tag or an anchor
            t.yaml:3:4: found a placeholder in a scalar with a tag or an anchor
            t.yaml:4:4: found the placeholder 'lower', expected a name of upper-case letters, digits and '_'\
            """);
  }

  @Test
  void aListAmongOtherTextIsRefused() {
    ManifestTemplate template = ManifestTemplate.of("t.yaml", "a: 'x%{L}%'\nb: |\n  %{L}%\n");

    assertThatExceptionOfType(ManifestException.class)
        .isThrownBy(() -> template.render(Variables.builder().list("L", List.of("x")).build()))
        .satisfies(e -> assertThat(e.problems()).hasSize(2))
        .withMessageContaining("t.yaml:1:4: L is a list");
  }

  @Test
  void whatIsNoYamlIsNoTemplate() {
    for (String text : new String[] {"%YAML 3.0\n---\na: 1\n", "a: \u0007\n", "a: [\n"}) {
      assertThatExceptionOfType(ManifestException.class)
          .isThrownBy(() -> ManifestTemplate.of("t.yaml", text))
          .withMessageStartingWith("t.yaml:")
          .withNoCause();
    }
  }

  @Test
  void aPlainScalarCannotBeginWithAPlaceholder() {
    assertThatExceptionOfType(ManifestException.class)
        .isThrownBy(() -> ManifestTemplate.of("t.yaml", "a: 1\nb: %{A}%\n"))
        .withMessageStartingWith("t.yaml:2:4: ");
  }

  @Test
  void positionsAreRightBehindCharactersOfTwoUnits() {
    String rendered =
        ManifestTemplate.of("t.yaml", "a: '\uD83D\uDE00'\r\nb: '%{A}%'\r\nc: 1\r\n")
            .render(Variables.builder().text("A", "\uD83D\uDE00").build());

    assertThat(rendered).isEqualTo("a: '\uD83D\uDE00'\r\nb: \"\uD83D\uDE00\"\r\nc: 1\r\n");
  }

  @Test
  void variablesHaveOneNameAndWellFormedText() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Variables.builder().text("A", "").flag("A", true))
        .withMessage("variable A is given twice");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Variables.builder().text("a", ""))
        .withMessageContaining("'a'");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Variables.builder().text("A", "x\uD83D"))
        .withMessage("variable A: found half a character (a lone surrogate)");
  }

  @Test
  void variablesDoNotShowTheirValues() {
    assertThat(Variables.builder().text("TOKEN", "hunter2").build())
        .hasToString("Variables[TOKEN]");
  }
}
