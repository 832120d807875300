package dev.plinth.examples.server;

import static dev.plinth.examples.server.Reports.report;
import static dev.plinth.examples.server.Reports.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.report.AddonReport;
import dev.plinth.report.AddonState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportTableTest {

  @Test
  void has_one_aligned_row_for_each_addon() {
    String table =
        ReportTable.render(
            report(
                status("coredns", AddonState.READY, "Ready", "all 7 objects are healthy", 7, 6100),
                status("traefik", AddonState.DISABLED, "DisableFlag", "by --disable", 0, 0),
                status("servicelb", AddonState.FAILED, "Forbidden", "may not list nodes", 12, 15)));

    assertThat(table.lines())
        .startsWith(
            "ADD-ON      STATE      OBJECTS   TIME   MESSAGE",
            "coredns     READY            7   6.1s   all 7 objects are healthy",
            "servicelb   FAILED          12   0.0s   Forbidden: may not list nodes",
            "traefik     DISABLED         0   0.0s   DisableFlag: by --disable");
  }

  @Test
  void shows_users_files_apart_from_addons() {
    AddonReport addons =
        new AddonReport(
            List.of(status("coredns", AddonState.READY, "Ready", "fine", 7, 1000)),
            List.of(status("mine/app.yaml", AddonState.PROGRESSING, "Applying", "", 2, 1000)),
            List.of());

    assertThat(ReportTable.render(new ServerReport(addons, Path.of("/k"), false)).lines())
        .containsSubsequence(
            "ADD-ON    STATE   OBJECTS   TIME   MESSAGE",
            "",
            "FILE            STATE         OBJECTS   TIME   MESSAGE",
            "mine/app.yaml   PROGRESSING         2   1.0s   Applying");
  }

  @Test
  void shows_users_files_alone_and_says_if_there_are_none() {
    AddonReport addons =
        new AddonReport(
            List.of(status("coredns", AddonState.READY, "Ready", "fine", 7, 1000)),
            List.of(status("web.yaml", AddonState.FAILED, "ParseManifestFailed", "bad", 0, 1000)),
            List.of());

    assertThat(ReportTable.renderFiles(new ServerReport(addons, Path.of("/k"), false)).lines())
        .containsExactly(
            "FILE       STATE    OBJECTS   TIME   MESSAGE",
            "web.yaml   FAILED         0   1.0s   ParseManifestFailed: bad");
    assertThat(ReportTable.renderFiles(report()).lines())
        .containsExactly("no files of users so far");
  }

  @Test
  void says_what_is_simulated_only_where_something_is() {
    AddonReport addons = new AddonReport(List.of(), List.of(), List.of());

    assertThat(ReportTable.render(new ServerReport(addons, Path.of("/k"), true)))
        .contains("Nodes and pods are simulated; API server, controllers and scheduler are real.");
    assertThat(ReportTable.render(new ServerReport(addons, Path.of("/k"), false)))
        .doesNotContain("simulated");
  }

  @Test
  void has_what_is_different_from_what_was_asked_for() {
    AddonReport addons = new AddonReport(List.of(), List.of(), List.of());

    assertThat(
            ReportTable.render(
                    new ServerReport(
                        addons,
                        List.of(),
                        Path.of("/k"),
                        false,
                        List.of("another chart\u001b stands in")))
                .lines())
        .contains("another chart  stands in");
  }

  @Test
  void names_the_servers_and_who_leads() {
    AddonReport addons = new AddonReport(List.of(), List.of(), List.of());
    List<ServersInCluster.Server> servers =
        List.of(
            new ServersInCluster.Server("n1", "1.2.3", true, Duration.ofSeconds(2)),
            new ServersInCluster.Server("n2", "1.2.3", false, Duration.ofSeconds(61)));

    assertThat(
            ReportTable.render(new ServerReport(addons, servers, Path.of("/k"), false, List.of()))
                .lines())
        .containsSubsequence(
            "SERVER   VERSION   ROLE      SEEN",
            "n1       1.2.3     leads     2 s ago",
            "n2       1.2.3     follows   61 s ago");
  }

  @Test
  void ends_with_the_kubeconfig() {
    assertThat(ReportTable.render(report()).lines()).endsWith("kubeconfig: /data/k.yaml");
  }

  @Test
  void a_message_with_control_characters_stays_one_harmless_row() {
    String table =
        ReportTable.render(
            report(
                status("a", AddonState.FAILED, "X", "two\nlines and \u001b[2J", 0, 0),
                status("b", AddonState.READY, "Ready", "", 0, 0)));

    assertThat(table).doesNotContain("\u001b");
    assertThat(table.lines())
        .containsSequence(
            "a        FAILED         0   0.0s   X: two lines and  [2J",
            "b        READY          0   0.0s   Ready");
  }
}
