package dev.plinth.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.Json;
import dev.plinth.apply.DeleteRules;
import dev.plinth.deploy.DeclaredManifest;
import dev.plinth.lifecycle.ManifestRound.Outcome;
import dev.plinth.report.AddonState;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ManifestRoundTest {

  private static final DeclaredManifest NOTHING = file("# nothing so far\n");
  private static final DeclaredManifest BROKEN = file("a: [");

  private final ServerParts parts = new ServerParts();

  @BeforeEach
  void start() throws Exception {
    parts.start();
  }

  @AfterEach
  void close() {
    parts.close();
  }

  @Test
  void a_users_file_has_an_addon_of_no_addon_that_says_ready() throws Exception {
    Outcome outcome = run(NOTHING);

    assertThat(outcome.verdict().state()).isEqualTo(AddonState.READY);
    assertThat(outcome.retry()).isFalse();
    assertThat(Json.tree(parts.server.requests("PATCH").get(0).body()).toString())
        .contains("/m/web.yaml")
        .doesNotContain("plinth.dev/addon");
    assertThat(parts.surroundings.addons().condition("web", "Ready").orElseThrow().holds())
        .isTrue();
  }

  @Test
  void a_second_round_on_the_same_content_sends_nothing() throws Exception {
    run(NOTHING);
    int before = parts.server.requests().size();

    run(NOTHING);

    assertThat(parts.server.requests()).hasSize(before);
  }

  @Test
  void a_file_that_cannot_be_read_is_told_once_and_not_tried_again_by_itself() throws Exception {
    Outcome outcome = run(BROKEN);
    run(BROKEN);

    assertThat(outcome.verdict().state()).isEqualTo(AddonState.FAILED);
    assertThat(outcome.verdict().reason()).isEqualTo("ParseManifestFailed");
    assertThat(outcome.verdict().message()).contains("/m/web.yaml:2:");
    assertThat(outcome.retry()).isFalse();
    assertThat(parts.server.requests("POST")).hasSize(1);
    assertThat(parts.surroundings.addons().condition("web", "Applied").orElseThrow().reason())
        .isEqualTo("ParseManifestFailed");
  }

  private Outcome run(DeclaredManifest manifest) throws InterruptedException {
    return new ManifestRound(parts.surroundings).run(manifest, new DeleteRules(false));
  }

  private static DeclaredManifest file(String content) {
    return new DeclaredManifest("web", Optional.empty(), "/m/web.yaml", content);
  }
}
