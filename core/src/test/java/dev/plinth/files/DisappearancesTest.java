package dev.plinth.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.FakeClock;
import dev.plinth.files.Disappearances.Accident;
import dev.plinth.files.Disappearances.Findings;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DisappearancesTest {

  private static final Duration A_MOMENT = Duration.ofMillis(500);

  private final FakeClock clock = new FakeClock();
  private final Disappearances disappearances = new Disappearances(clock);

  @Test
  void a_file_is_removed_when_it_has_been_gone_for_two_seconds_and_is_told_once() {
    disappearances.gone(path("a.yaml"));
    clock.advance(A_MOMENT);

    Findings early = decide(files("", 3));
    assertThat(early.removed()).isEmpty();
    assertThat(early.again()).contains(Duration.ofMillis(1500));
    clock.advance(Duration.ofMillis(1500));

    assertThat(decide(files("", 3)).removed()).containsExactly(path("a.yaml"));
    assertThat(decide(files("", 3)).removed()).isEmpty();
    assertThat(decide(files("", 3)).again()).isEmpty();
  }

  @Test
  void a_file_that_comes_back_was_never_gone() {
    disappearances.gone(path("a.yaml"));
    clock.advance(A_MOMENT);
    disappearances.back(path("a.yaml"));
    clock.advance(Duration.ofSeconds(5));

    assertThat(decide(files("", 1)).removed()).isEmpty();
  }

  @Test
  void half_of_the_files_is_no_accident_and_more_than_half_of_five_is() {
    files("gone", 3).forEach(disappearances::gone);
    clock.advance(Disappearances.WINDOW);
    assertThat(decide(files("", 3), "", "gone").accidents()).isEmpty();

    files("other", 3).forEach(disappearances::gone);
    clock.advance(Disappearances.WINDOW);
    Findings findings = decide(files("other/there", 2), "", "other", "other/there");
    assertThat(findings.removed()).isEmpty();
    assertThat(findings.accidents()).extracting(Accident::file).isEqualTo(files("other", 3));
  }

  @Test
  void four_files_are_too_few_for_an_accident() {
    files("a", 4).forEach(disappearances::gone);
    clock.advance(Disappearances.WINDOW);

    assertThat(decide(List.of(), "", "a").removed()).hasSize(4);
  }

  @Test
  void an_accident_is_one_of_its_directory_however_many_files_are_elsewhere() {
    files("team", 5).forEach(disappearances::gone);
    clock.advance(Disappearances.WINDOW);

    Findings findings = decide(files("", 100), "", "team");

    assertThat(findings.removed()).isEmpty();
    assertThat(findings.accidents()).extracting(Accident::directory).containsOnly("team");
    assertThat(findings.accidents().get(0).why())
        .isEqualTo("it vanished within 2 s together with 4 of 4 files");
  }

  @Test
  void files_that_are_removed_one_after_the_other_are_no_accident() {
    List<ManifestPath> all = files("", 6);
    for (int i = 0; i < 6; i++) {
      disappearances.gone(all.get(i));
      clock.advance(Disappearances.WINDOW.plusMillis(1));
      assertThat(decide(all.subList(i + 1, 6)).removed()).containsExactly(all.get(i));
    }
  }

  @Test
  void files_that_vanish_within_a_second_count_together_though_decided_on_one_by_one() {
    List<ManifestPath> all = files("", 6);
    for (ManifestPath file : all) {
      disappearances.gone(file);
      clock.advance(Duration.ofMillis(100));
    }
    int removed = 0;
    for (int i = 0; i < 40; i++) {
      clock.advance(Duration.ofMillis(100));
      removed += decide(List.of()).removed().size();
    }

    assertThat(removed).isZero();
    assertThat(decide(List.of()).accidents()).hasSize(6);
  }

  @Test
  void an_accident_lasts_until_the_file_is_back() {
    files("", 5).forEach(disappearances::gone);
    clock.advance(Disappearances.WINDOW);
    decide(List.of());
    clock.advance(Duration.ofDays(1));
    assertThat(decide(files("later", 50), "", "later").accidents()).hasSize(5);

    files("", 5).forEach(disappearances::back);
    assertThat(decide(files("", 5)).accidents()).isEmpty();
  }

  @Test
  void a_file_whose_directory_is_missing_waits_for_that() {
    disappearances.gone(path("team/a.yaml"));
    clock.advance(Disappearances.WINDOW);
    Findings missing = decide(files("", 10));
    assertThat(missing.removed()).isEmpty();
    assertThat(missing.accidents().get(0).why()).startsWith("its directory is missing");
    assertThat(missing.again()).isEmpty();

    decide(files("", 10), "", "team");
    clock.advance(Disappearances.WINDOW);

    Findings back = decide(files("", 10), "", "team");
    assertThat(back.removed()).containsExactly(path("team/a.yaml"));
    assertThat(back.accidents()).isEmpty();
  }

  private Findings decide(List<ManifestPath> present, String... directories) {
    return disappearances.decide(
        present, directories.length == 0 ? Set.of("") : Set.of(directories));
  }

  private static List<ManifestPath> files(String directory, int count) {
    return IntStream.range(0, count)
        .mapToObj(it -> path((directory.isEmpty() ? "" : directory + "/") + "f" + it + ".yaml"))
        .toList();
  }

  private static ManifestPath path(String path) {
    return new ManifestPath(path);
  }
}
