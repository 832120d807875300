package dev.plinth.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.member.Member;
import dev.plinth.member.ServerId;
import dev.plinth.report.AddonState;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NewerVersionsTest {

  private final ServerParts parts = new ServerParts();
  private final List<Member> live = new ArrayList<>(List.of(server("a", "1.2.0")));
  private final NewerVersions newer =
      new NewerVersions("1.2.0", parts.surroundings.addons(), () -> live);

  @BeforeEach
  void start() throws Exception {
    parts.start(appliedBy("new", "plinth/1.10.0"), appliedBy("old", "plinth/1.1.0"));
  }

  @AfterEach
  void close() {
    parts.close();
  }

  @Test
  void what_a_newer_version_has_applied_is_left_to_it_while_it_lives() {
    live.add(server("b", "1.10.0"));

    assertThat(newer.reservation("new"))
        .contains(
            new Verdict(
                AddonState.BLOCKED,
                "AppliedByNewer",
                "applied by version 1.10.0, and this one is 1.2.0: it is left to server b, which"
                    + " has version 1.10.0"));
  }

  @Test
  void it_is_left_to_a_still_newer_one_too() {
    live.add(server("b", "2.0.0"));

    assertThat(newer.reservation("new")).isPresent();
  }

  @Test
  void it_is_not_left_to_servers_that_are_too_old_for_it() {
    live.add(server("b", "1.9.0"));

    assertThat(newer.reservation("new")).isEmpty();
  }

  @Test
  void what_an_older_version_or_nobody_has_applied_is_free() {
    live.add(server("b", "2.0.0"));

    assertThat(newer.reservation("old")).isEmpty();
    assertThat(newer.reservation("none")).isEmpty();
  }

  private static Member server(String node, String version) {
    return new Member(
        new ServerId(node, "00000000-0000-0000-0000-000000000000"),
        version,
        Set.of(),
        Set.of(),
        new TreeMap<>());
  }

  private static String appliedBy(String addon, String tooling) {
    return """
    {"apiVersion":"k3s.cattle.io/v1","kind":"Addon","metadata":{"name":"%1$s",
    "namespace":"kube-system","uid":"uid of %1$s","resourceVersion":"7",
    "labels":{"plinth.dev/addon":"%1$s"},
    "annotations":{"applyset.kubernetes.io/tooling":"%2$s"}}}
    """
        .formatted(addon, tooling);
  }
}
