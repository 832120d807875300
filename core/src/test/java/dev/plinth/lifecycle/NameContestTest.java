package dev.plinth.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.files.ManifestFile;
import dev.plinth.files.ManifestPath;
import dev.plinth.lifecycle.NameClaims.Claimant;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NameContestTest {

  private final NameClaims claims = new NameClaims();

  @Test
  void the_first_in_path_order_has_the_name() {
    claims.there(file("b/web.yaml"));
    claims.there(file("a/web.yaml"));
    claims.there(file("web.yaml"));

    NameContest contest = contest("");

    assertThat(contest.owner().orElseThrow().path().path()).isEqualTo("a/web.yaml");
    assertThat(paths(contest.others())).containsExactly("b/web.yaml", "web.yaml");
  }

  @Test
  void a_file_that_has_the_name_keeps_it_when_an_earlier_one_comes() {
    claims.there(file("b/web.yaml"));
    claims.there(file("a/web.yaml"));

    NameContest contest = contest("b/web.yaml");

    assertThat(contest.owner().orElseThrow().path().path()).isEqualTo("b/web.yaml");
    assertThat(paths(contest.others())).containsExactly("a/web.yaml");
  }

  @Test
  void a_file_that_vanished_keeps_the_name_it_has_until_it_is_gone_for_good() {
    claims.there(file("b/web.yaml"));
    claims.vanished(file("a/web.yaml"));

    assertThat(contest("a/web.yaml").owner().orElseThrow().isThere()).isFalse();
    assertThat(contest("").owner().orElseThrow().path().path()).isEqualTo("b/web.yaml");

    claims.removed(new ManifestPath("a/web.yaml"));
    NameContest contest = contest("a/web.yaml");
    assertThat(contest.owner().orElseThrow().path().path()).isEqualTo("b/web.yaml");
    assertThat(paths(contest.removed())).containsExactly("a/web.yaml");

    claims.forget(new ManifestPath("a/web.yaml"));
    assertThat(contest("a/web.yaml").removed()).isEmpty();
  }

  @Test
  void a_file_that_is_back_is_neither_removed_nor_forgotten() {
    claims.vanished(file("web.yaml"));
    claims.there(file("web.yaml"));
    claims.removed(new ManifestPath("web.yaml"));
    claims.forget(new ManifestPath("web.yaml"));

    assertThat(contest("").owner().orElseThrow().isThere()).isTrue();
  }

  @Test
  void a_skipped_file_keeps_the_name_it_has_and_wants_no_other() {
    claims.there(skipped("a/web.yaml"));
    claims.there(file("b/web.yaml"));

    assertThat(contest("a/web.yaml").owner().orElseThrow().file().skipped()).isTrue();
    assertThat(paths(contest("a/web.yaml").others())).containsExactly("b/web.yaml");
    assertThat(contest("").owner().orElseThrow().path().path()).isEqualTo("b/web.yaml");
    assertThat(paths(contest("").skipped())).containsExactly("a/web.yaml");
    assertThat(contest("").others()).isEmpty();
  }

  @Test
  void a_disabled_file_has_no_name_even_if_it_had() {
    claims.there(file("a/web.yaml"));
    claims.there(file("b/web.yaml"));

    NameContest directory =
        NameContest.of(claims.all(), it -> it.path().path().startsWith("a"), Set.of("a"));
    assertThat(directory.owner().orElseThrow().path().path()).isEqualTo("b/web.yaml");
    assertThat(paths(directory.disabled())).containsExactly("a/web.yaml");

    NameContest both = NameContest.of(claims.all(), it -> false, Set.of("web"));
    assertThat(both.owner()).isEmpty();
    assertThat(both.disabled()).hasSize(2);
  }

  private NameContest contest(String recorded) {
    return NameContest.of(claims.all(), it -> it.path().path().equals(recorded), Set.of());
  }

  private static List<String> paths(List<Claimant> claimants) {
    return claimants.stream().map(it -> it.path().path()).toList();
  }

  private static ManifestFile file(String path) {
    return new ManifestFile(new ManifestPath(path), Path.of("/m", path), false, false, 1);
  }

  private static ManifestFile skipped(String path) {
    return new ManifestFile(new ManifestPath(path), Path.of("/m", path), false, true, 1);
  }
}
