package dev.plinth.examples.server;

import static dev.plinth.examples.server.Reports.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.report.AddonState;
import dev.plinth.report.AddonStatus;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ProgressTest {

  private Instant now = Instant.EPOCH;

  @Test
  void off_a_terminal_each_change_is_one_line() {
    RecordingTerminal screen = RecordingTerminal.plain();
    Progress progress = Progress.manual(screen.terminal(), () -> now);

    progress.onStatus(applying("coredns", 1000));
    progress.onStatus(applying("coredns", 2000));
    progress.onStatus(status("coredns", AddonState.READY, "Ready", "healthy", 7, 3000));

    assertThat(screen.err().lines())
        .containsExactly(
            "coredns   PROGRESSING   0   1.0s   applying", "coredns   READY   7   3.0s   healthy");
  }

  @Test
  void off_a_terminal_a_long_step_says_now_and_then_that_it_goes_on() {
    RecordingTerminal screen = RecordingTerminal.plain();
    Progress progress = Progress.manual(screen.terminal(), () -> now);

    progress.step("starting etcd");
    passes(Duration.ofSeconds(9));
    progress.tick();
    passes(Duration.ofSeconds(1));
    progress.tick();
    progress.tick();

    assertThat(screen.err().lines()).containsExactly("starting etcd", "starting etcd (10s)");
  }

  @Test
  void on_a_terminal_the_time_of_what_is_under_way_goes_on() {
    RecordingTerminal screen = RecordingTerminal.live(80);
    Progress progress = Progress.manual(screen.terminal(), () -> now);

    progress.onStatus(applying("coredns", 1000));
    progress.onStatus(status("traefik", AddonState.READY, "Ready", "healthy", 9, 500));
    passes(Duration.ofSeconds(4));
    progress.tick();

    assertThat(lastFrame(screen))
        .isEqualTo(
            """
            coredns   PROGRESSING   0   5.0s   applying
            traefik   READY         9   0.5s   healthy
            """);
  }

  @Test
  void closed_it_leaves_nothing_on_the_terminal() {
    RecordingTerminal screen = RecordingTerminal.live(80);
    Progress progress = Progress.manual(screen.terminal(), () -> now);

    progress.step("starting etcd");
    progress.onStatus(applying("coredns", 1000));
    progress.close();
    progress.tick();

    assertThat(lastFrame(screen)).isEmpty();
  }

  private void passes(Duration time) {
    now = now.plus(time);
  }

  private static AddonStatus applying(String name, long millis) {
    return status(name, AddonState.PROGRESSING, "Applying", "applying", 0, millis);
  }

  private static String lastFrame(RecordingTerminal screen) {
    String all = screen.err();
    return all.substring(all.lastIndexOf("\u001b[J") + 3);
  }
}
