package dev.plinth.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.Json;
import dev.plinth.addon.Addon;
import dev.plinth.addon.AddonContext;
import dev.plinth.addon.FunctionalProbe;
import dev.plinth.addon.Obstacle;
import dev.plinth.addon.ReconcilerRegistration;
import dev.plinth.apply.DeleteRules;
import dev.plinth.deploy.DeclaredManifest;
import dev.plinth.report.AddonState;
import dev.plinth.report.AddonStatus;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AddonRunnerTest {

  private static final DeclaredManifest NO_FILE =
      new DeclaredManifest("web", Optional.of("web"), "", "");
  private static final DeclaredManifest BROKEN =
      new DeclaredManifest("web", Optional.of("web"), "/m/web.yaml", "a: [");

  private final ServerParts parts = new ServerParts();
  private final FaultyAddon addon = new FaultyAddon();

  @BeforeEach
  void start() throws Exception {
    parts.start();
  }

  @AfterEach
  void close() {
    parts.close();
  }

  @Test
  void an_addon_without_faults_is_ready_and_asks_for_no_other_round() throws Exception {
    assertThat(runner(NO_FILE).run()).isEmpty();

    assertThat(status().state()).isEqualTo(AddonState.READY);
  }

  @Test
  void a_round_with_nothing_to_do_sends_nothing() throws Exception {
    AddonRunner runner = runner(NO_FILE);
    runner.run();
    int before = parts.server.requests().size();

    runner.run();

    assertThat(parts.server.requests()).hasSize(before);
  }

  @Test
  void code_of_the_addon_that_throws_is_its_failure_and_is_tried_again() throws Exception {
    addon.preparing =
        () -> {
          throw new IllegalStateException("no disk");
        };
    AddonRunner runner = runner(NO_FILE);

    assertThat(runner.run()).isPresent();
    assertThat(status().state()).isEqualTo(AddonState.FAILED);
    assertThat(status().reason()).isEqualTo("UnexpectedFailure");
    assertThat(status().message()).contains("no disk");

    addon.preparing = () -> {};
    assertThat(runner.run()).isEmpty();
    assertThat(status().state()).isEqualTo(AddonState.READY);
  }

  @Test
  void what_the_addon_has_against_it_blocks_it_before_anything_is_done_until_it_is_gone()
      throws Exception {
    addon.obstacle = Optional.of(new Obstacle("OlderWeb", "found web v1, would install v2"));
    addon.preparing =
        () -> {
          throw new AssertionError("must not be reached");
        };
    AddonRunner runner = runner(NO_FILE);

    assertThat(runner.run()).isPresent();
    assertThat(status().state()).isEqualTo(AddonState.BLOCKED);
    assertThat(status().reason()).isEqualTo("OlderWeb");
    assertThat(status().message()).isEqualTo("found web v1, would install v2");

    addon.obstacle = Optional.empty();
    addon.preparing = () -> {};
    assertThat(runner.run()).isEmpty();
    assertThat(status().state()).isEqualTo(AddonState.READY);
  }

  @Test
  void once_nothing_was_in_the_way_the_addon_is_not_asked_again() throws Exception {
    AddonRunner runner = runner(NO_FILE);
    runner.run();
    addon.obstacle = Optional.of(new Obstacle("OlderWeb", "found what was installed just now"));

    assertThat(runner.run()).isEmpty();

    assertThat(status().state()).isEqualTo(AddonState.READY);
  }

  @Test
  void code_of_the_addon_that_does_not_fit_the_class_path_is_its_failure() throws Exception {
    addon.registering =
        () -> {
          throw new NoClassDefFoundError("org/example/Gone");
        };

    assertThat(runner(NO_FILE).run()).isPresent();

    assertThat(status().state()).isEqualTo(AddonState.FAILED);
    assertThat(status().message()).contains("org/example/Gone");
  }

  @Test
  void the_end_of_the_server_is_no_failure_of_the_addon() throws Exception {
    addon.preparing =
        () -> {
          Thread.currentThread().interrupt();
          throw new IllegalStateException("ended");
        };
    AddonRunner runner = runner(NO_FILE);
    try {
      assertThatThrownBy(runner::run).isInstanceOf(InterruptedException.class);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }

    assertThat(parts.board.report().addon("web")).isEmpty();
  }

  @Test
  void a_probe_that_does_not_pass_is_tried_with_growing_pauses() throws Exception {
    addon.probe = context -> Optional.of("no answer yet");
    AddonRunner runner = runner(NO_FILE);

    Duration first = runner.run().orElseThrow();
    Duration second = runner.run().orElseThrow();

    assertThat(second).isGreaterThan(first);
    assertThat(status().state()).isEqualTo(AddonState.PROGRESSING);
    assertThat(status().reason()).isEqualTo("ProbeFailed");
    assertThat(status().message()).isEqualTo("no answer yet");

    addon.probe = context -> Optional.empty();
    assertThat(runner.run()).isEmpty();
    assertThat(status().state()).isEqualTo(AddonState.READY);
  }

  @Test
  void a_manifest_that_cannot_be_read_is_told_on_the_addon_before_anything_else_is_done()
      throws Exception {
    addon.preparing =
        () -> {
          throw new AssertionError("must not be reached");
        };

    assertThat(runner(BROKEN).run()).isPresent();

    assertThat(status().state()).isEqualTo(AddonState.FAILED);
    assertThat(status().reason()).isEqualTo("ParseManifestFailed");
    assertThat(status().message()).contains("/m/web.yaml");
    assertThat(parts.server.requests("POST"))
        .singleElement()
        .satisfies(
            it ->
                assertThat(Json.tree(it.body()).path("reason").asText())
                    .isEqualTo("ParseManifestFailed"));
  }

  @Test
  void a_failure_that_stays_the_same_is_told_by_one_event() throws Exception {
    AddonRunner runner = runner(BROKEN);

    runner.run();
    runner.run();
    runner.run();

    assertThat(parts.server.requests("POST")).hasSize(1);
  }

  @Test
  void a_server_that_refuses_is_told_and_tried_again() throws Exception {
    parts.server.on(
        "PATCH",
        ServerParts.ADDON,
        403,
        "{\"kind\":\"Status\",\"code\":403,\"message\":\"addons are forbidden\"}");

    assertThat(runner(NO_FILE).run()).isPresent();

    assertThat(status().state()).isEqualTo(AddonState.FAILED);
    assertThat(status().reason()).isEqualTo("Forbidden");
  }

  private AddonRunner runner(DeclaredManifest manifest) {
    return new AddonRunner(
        addon,
        List.of(),
        parts.context("web"),
        List.of(manifest),
        new DeleteRules(false),
        parts.surroundings,
        AddonRunner.Telling.PLAIN);
  }

  private AddonStatus status() {
    return parts.board.report().addon("web").orElseThrow();
  }

  /** An add-on whose code fails where a test says so. */
  private static final class FaultyAddon implements Addon {

    private Optional<Obstacle> obstacle = Optional.empty();
    private Runnable preparing = () -> {};
    private Runnable registering = () -> {};
    private FunctionalProbe probe = context -> Optional.empty();

    @Override
    public String name() {
      return "web";
    }

    @Override
    public String description() {
      return "for tests";
    }

    @Override
    public Optional<Obstacle> obstacle(AddonContext context) {
      return obstacle;
    }

    @Override
    public void prepare(AddonContext context) {
      preparing.run();
    }

    @Override
    public List<ReconcilerRegistration<?>> reconcilers(AddonContext context) {
      registering.run();
      return List.of();
    }

    @Override
    public Optional<FunctionalProbe> probe() {
      return Optional.of(probe);
    }
  }
}
