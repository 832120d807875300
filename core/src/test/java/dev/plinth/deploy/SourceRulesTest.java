package dev.plinth.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.deploy.SourceRules.Absence;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Seen by the server n2; n3 never lives. */
class SourceRulesTest {

  private final SourceRules rules = new SourceRules("n2", Set.of("n1", "n4")::contains);

  @ParameterizedTest(name = "{0} {1}, known: {2} -> {3}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # own | how it came | winner, applied, files                | decision
          a     | found       |                                       | Apply
          a     | found       | '' a                                  | Apply
          b     | found       | '' a                                  | Apply
          a     | found       | n2 a n2:a                             | Apply
          b     | found       | n2 a n2:a                             | Apply
          b     | changed     | n2 a n2:a n1:a                        | Apply
          a     | found       | n1 a n1:a                             | StandBy
          a     | changed     | n1 a n1:a                             | StandBy
          b     | found       | n1 a n1:a                             | Differ
          b     | changed     | n1 a n1:a                             | Apply
          # What the winner applies counts, though it is not done.
          b     | found       | n1 a n1:b                             | StandBy
          a     | found       | n1 a n1:b                             | Differ
          # The winner is about to tell what it has.
          a     | found       | n1 a                                  | StandBy
          b     | found       | n1 a                                  | Differ
          # The winner has lost its file.
          a     | found       | n1 a n1:                              | Apply
          b     | found       | n1 a n1:                              | Abandoned
          b     | changed     | n1 a n1:                              | Apply
          # The winner is away.
          a     | found       | n3 a n3:a                             | Apply
          a     | found       | n3 a                                  | Apply
          b     | found       | n3 a n3:a                             | Abandoned
          b     | changed     | n3 a n3:a                             | Apply
          a     | found       | n3 a n3:b                             | Abandoned
          b     | found       | n3 a n3:b n1:a                        | Apply
          # It never applied anything.
          a     | found       | n3 '' n3:                             | Apply
          a     | found       | n3 ''                                 | Apply
          """)
  void a_file_is_applied_where_it_is_in_force_or_meant_to_be(
      String own, String how, String known, String decision) {
    assertThat(rules.present(own, how.equals("changed"), parse(known)).getClass().getSimpleName())
        .isEqualTo(decision);
  }

  @ParameterizedTest(name = "known: {0} -> {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          n2 a n2:a           | Last
          n2 a n2:            | Last
          '' a                | Last
          n2 a n2:a n3:a      | Last
          n2 a n2:a n1:       | Last
          n2 a n2:a n1:a n4:b | HandOver n1
          n2 a n2:a n1:a n4:a | HandOver n1 n4
          n2 a n2:a n1:b      | Left n1
          n2 a n2:b n1:b      | Left n1
          n1 a n1:a n2:a      | OfAnother n1
          n1 a                | OfAnother n1
          n3 a n3:a n2:b      | Last
          n3 a n3:a n1:a      | OfAnother n3
          """)
  void what_a_file_brought_goes_only_if_no_live_server_has_it(String known, String absence) {
    assertThat(describe(rules.absent(parse(known)))).isEqualTo(absence);
  }

  @Test
  void those_that_differ_are_of_live_servers() {
    AddonSources known = parse("n2 a n1:b n2:a n3:c n4:a");

    assertThat(rules.differing("a", known)).extracting(SourceFile::instance).containsExactly("n1");
    assertThat(rules.differing("b", known)).extracting(SourceFile::instance).containsExactly("n4");
  }

  @Test
  void one_of_the_live_servers_speaks_for_the_winner_that_is_away() {
    assertThat(rules.speaks(parse("n3 a n3:a n2:b n1:b"))).isFalse();
    assertThat(rules.speaks(parse("n3 a n3:a n2:b n4:b"))).isTrue();
    assertThat(rules.speaks(parse("n3 a n1: n2:b"))).isTrue();
  }

  private static String describe(Absence absence) {
    if (absence instanceof Absence.HandOver it) {
      return "HandOver " + instances(it.to());
    } else if (absence instanceof Absence.Left it) {
      return "Left " + instances(it.others());
    } else if (absence instanceof Absence.OfAnother it) {
      return "OfAnother " + it.winner();
    }
    return "Last";
  }

  private static String instances(List<SourceFile> files) {
    return String.join(" ", files.stream().map(SourceFile::instance).toList());
  }

  /** Winner, what was applied, and files as server:content. */
  private static AddonSources parse(String known) {
    if (known == null) {
      return AddonSources.NONE;
    }
    String[] words = known.replace("''", "-").split(" ");
    return new AddonSources(
        words[0].replace("-", ""),
        words[1].replace("-", ""),
        Stream.of(words)
            .skip(2)
            .map(it -> it.split(":", -1))
            .map(it -> new SourceFile(it[0], "/web.yaml", it[1]))
            .toList());
  }
}
