package dev.plinth.helm.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VersionConstraintTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '%',
      quoteCharacter = '"',
      value = {
        // constraint % fits % does not fit
        "1.2.3       % 1.2.3 v1.2.3 1.2.3+b1       % 1.2.4 1.2.3-rc1",
        "=1.2        % 1.2.0 1.2.9                 % 1.3.0 1.1.9",
        "1           % 1.0.0 1.9.9                 % 2.0.0 0.9.0",
        "1.2.x       % 1.2.0 1.2.9                 % 1.3.0",
        "*           % 0.0.1 9.9.9                 % 1.0.0-rc1",
        "\"\"        % 0.0.1 9.9.9                 % 1.0.0-rc1",
        "!=1.2.3     % 1.2.4                       % 1.2.3",
        "!=1.2       % 1.3.0 2.2.0                 % 1.2.7",
        ">1.2.3      % 1.2.4                       % 1.2.3",
        ">1.2        % 1.3.0 2.0.0                 % 1.2.9",
        ">1          % 2.0.0                       % 1.9.0",
        ">=1.2       % 1.2.0 3.0.0                 % 1.1.9",
        "=>1.2       % 1.2.0 3.0.0                 % 1.1.9",
        "<2          % 1.9.9                       % 2.0.0",
        "<=1.2       % 1.2.9 1.0.0                 % 1.3.0",
        "<=1.2.0     % 1.2.0                       % 1.2.1",
        "~1.2.3      % 1.2.3 1.2.9                 % 1.3.0 1.2.2",
        "~1          % 1.0.0 1.9.9                 % 2.0.0",
        "~>1.2       % 1.2.9                       % 1.3.0",
        "^1.2.3      % 1.2.3 1.9.0                 % 2.0.0 1.2.2",
        "^0.2.3      % 0.2.3 0.2.9                 % 0.3.0 1.0.0",
        "^0.0.3      % 0.0.3                       % 0.0.4 0.1.0",
        "^0.0        % 0.0.0 0.0.9                 % 0.1.0",
        "^0          % 0.0.1 0.9.9                 % 1.0.0",
        "1.2 - 1.4   % 1.2.0 1.4.9                 % 1.5.0 1.1.9",
        ">=1.2, <2   % 1.2.0 1.9.9                 % 2.0.0 1.1.0",
        ">=1.2 <2    % 1.2.0 1.9.9                 % 2.0.0 1.1.0",
        ">= 1.2 , < 2% 1.2.0 1.9.9                 % 2.0.0 1.1.0",
        "^1 || ^3    % 1.1.0 3.1.0                 % 2.0.0",
        ">0.0.0-0    % 1.0.0 1.0.0-rc1             % 0.0.0-0",
        "^1.2.3-beta % 1.2.3-beta.2 1.3.0-x 1.9.0  % 1.2.3-alpha 2.0.0",
        ">=1.0-0, <2 % 1.5.0-rc1                   % 2.0.0",
      })
  void means_what_helm_means(String constraint, String fits, String other) throws Exception {
    VersionConstraint parsed = VersionConstraint.parse(constraint);
    for (String version : fits.trim().split("\\s+")) {
      assertThat(parsed.test(version(version))).as("%s for %s", version, constraint).isTrue();
    }
    for (String version : other.trim().split("\\s+")) {
      assertThat(parsed.test(version(version))).as("%s for %s", version, constraint).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"latest", ">", "1.2.3.4", "1,", ">=1 |", "a.b", "1.2 || "})
  void what_is_no_constraint_is_told(String text) {
    assertThatThrownBy(() -> VersionConstraint.parse(text))
        .isInstanceOf(ChartSourceException.class)
        .hasMessageContaining("found \"" + text + "\"");
  }

  @Test
  void versions_are_ordered_by_precedence() {
    List<String> ordered =
        List.of(
            "0.9.9",
            "1.0.0-1",
            "1.0.0-2",
            "1.0.0-10",
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-alpha.beta",
            "1.0.0-beta",
            "1.0.0",
            "1.0.1",
            "1.2.0",
            "1.10.0",
            "2.0.0");
    List<SemanticVersion> versions =
        new ArrayList<>(ordered.stream().map(VersionConstraintTest::version).toList());
    Collections.shuffle(versions, new java.util.Random(7));
    Collections.sort(versions);
    assertThat(versions.stream().map(SemanticVersion::text)).isEqualTo(ordered);
  }

  @Test
  void the_newest_that_fits_is_chosen_and_the_exact_one_first() throws Exception {
    List<String> versions = List.of("1.2.0", "1.10.0", "2.0.0-rc1", "nonsense", "1.9.0");
    assertThat(VersionChoice.choose("", versions, "w")).isEqualTo("1.10.0");
    assertThat(VersionChoice.choose("~1.2", versions, "w")).isEqualTo("1.2.0");
    assertThat(VersionChoice.choose("2.0.0-rc1", versions, "w")).isEqualTo("2.0.0-rc1");
    assertThat(VersionChoice.choose("nonsense", versions, "w")).isEqualTo("nonsense");
    assertThatThrownBy(() -> VersionChoice.choose("^3", versions, "index: web"))
        .hasMessage("index: web: no version fits \"^3\"; found 2.0.0-rc1, 1.10.0, 1.9.0, 1.2.0");
  }

  private static SemanticVersion version(String text) {
    return SemanticVersion.parse(text).orElseThrow();
  }
}
