package dev.plinth.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.addon.Addon;
import dev.plinth.addon.AddonCatalog;
import dev.plinth.addon.Selection;
import dev.plinth.config.ServerConfig;
import dev.plinth.member.Member;
import dev.plinth.member.ServerId;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ClusterSelectionTest {

  private static final Set<String> BOTH = Set.of("dns", "web");

  @Test
  void an_addon_runs_if_any_server_has_it_and_does_not_disable_it() {
    ClusterSelection wanted = decide(Set.of("web"), server("b", BOTH));

    assertThat(enabled(wanted)).containsExactly("dns", "web");
    assertThat(wanted.differing())
        .containsExactly(
            Map.entry(
                "web",
                "'web' is disabled on server a and not on b: it runs until every server disables"
                    + " it"));
  }

  @Test
  void an_addon_goes_if_all_that_have_it_disable_it() {
    ClusterSelection wanted =
        decide(Set.of("web"), server("b", BOTH, "web"), server("c", Set.of("dns")));

    assertThat(enabled(wanted)).containsExactly("dns");
    assertThat(wanted.differing()).isEmpty();
    assertThat(wanted.unknown()).isEmpty();
  }

  @Test
  void what_only_others_have_is_not_selected_here() {
    ClusterSelection wanted = decide(Set.of(), server("b", Set.of("dns", "mesh")));

    assertThat(enabled(wanted)).containsExactly("dns", "web");
    assertThat(wanted.named()).containsExactly("dns", "mesh", "web");
  }

  @Test
  void a_name_that_nobody_has_goes_only_if_every_server_says_so() {
    assertThat(decide(Set.of("old"), server("b", BOTH, "old")).unknown()).containsExactly("old");

    ClusterSelection wanted = decide(Set.of("old"), server("b", BOTH));
    assertThat(wanted.unknown()).isEmpty();
    assertThat(wanted.differing())
        .containsExactly(
            Map.entry(
                "old",
                "'old' is disabled on server a and not on b: it is left as it is until every server"
                    + " disables it"));
  }

  @Test
  void a_name_that_others_have_goes_if_they_disable_it() {
    assertThat(decide(Set.of(), server("b", Set.of("mesh"), "mesh")).unknown())
        .containsExactly("mesh");
    assertThat(decide(Set.of("mesh"), server("b", Set.of("mesh"))).unknown()).isEmpty();
  }

  @Test
  void one_server_alone_decides_for_itself() {
    ClusterSelection wanted = decide(Set.of("web", "old"));

    assertThat(enabled(wanted)).containsExactly("dns");
    assertThat(wanted.unknown()).containsExactly("old");
    assertThat(wanted.differing()).isEmpty();
  }

  @Test
  void what_a_leader_lacks_is_told_with_those_who_have_it() {
    Member leader = server("b", Set.of("dns"));

    assertThat(
            ClusterSelection.lacking(
                leader, List.of(leader, server("c", BOTH), server("a", BOTH, "dns"))))
        .containsExactly(Map.entry("web", "a, c"));
  }

  private static ClusterSelection decide(Set<String> disabled, Member... others) {
    ServerConfig config =
        ServerConfig.builder()
            .nodeName("a")
            .dataDir(Path.of("none"))
            .disable(disabled.toArray(String[]::new))
            .build();
    Selection own = Selection.of(AddonCatalog.of(new Named("dns"), new Named("web")), config);
    Member self = server("a", BOTH, disabled.toArray(String[]::new));
    return ClusterSelection.of(own, Stream.concat(Stream.of(self), Arrays.stream(others)).toList());
  }

  private static List<String> enabled(ClusterSelection wanted) {
    return wanted.selection().enabled().stream().map(Addon::name).toList();
  }

  private static Member server(String node, Set<String> offers, String... disables) {
    return new Member(
        new ServerId(node, "00000000-0000-0000-0000-000000000000"),
        "1.0.0",
        offers,
        Set.of(disables),
        new TreeMap<>());
  }

  private record Named(String name) implements Addon {

    @Override
    public String description() {
      return "for tests";
    }
  }
}
