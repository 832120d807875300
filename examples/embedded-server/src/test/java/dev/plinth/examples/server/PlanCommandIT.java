package dev.plinth.examples.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.plinth.Plinth;
import dev.plinth.PlinthServer;
import dev.plinth.config.ServerConfig;
import dev.plinth.controlplane.ControlPlane;
import dev.plinth.controlplane.Mark;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlanCommandIT {

  static ControlPlane controlPlane;

  @TempDir Path data;

  @BeforeAll
  static void start() {
    controlPlane = ControlPlane.builder().nodes(1).start();
  }

  @AfterAll
  static void stop() {
    controlPlane.close();
  }

  @Test
  void tellsWhatIsToBeDoneBeforeAStartNothingAfterItAndWhatADisableTakesAway() throws Exception {
    Mark mark = controlPlane.mark();

    JsonNode before = plan(ExitCode.SOMETHING_TO_DO);

    assertThat(controlPlane.requestsSince(mark).writes().userAgent("fabric8")).isEmpty();
    assertThat(data).isEmptyDirectory();
    assertThat(changes(before))
        .contains("CREATE Addon coredns", "CREATE Deployment coredns", "CREATE Service kube-dns");

    try (PlinthServer server =
        Plinth.builder()
            .client(controlPlane.client())
            // Its chart may be out of reach, and another one be planned in its place.
            .config(ServerConfig.builder().nodeName("n1").dataDir(data).disable("traefik").build())
            .start()) {
      assertThat(server.awaitReady(Duration.ofSeconds(60)).ready()).isTrue();
    }

    assertThat(plan(ExitCode.OK).path("empty").asBoolean()).isTrue();
    assertThat(changes(plan(ExitCode.SOMETHING_TO_DO, "--disable", "coredns")))
        .contains("DELETE Deployment coredns", "DELETE Addon coredns");
  }

  private JsonNode plan(int exitCode, String... flags) throws Exception {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "plan",
                "--output=json",
                "--disable=traefik",
                "--node-name=n1",
                "--data-dir=" + data,
                "--kubeconfig=" + controlPlane.kubeconfig()));
    arguments.addAll(List.of(flags));
    RecordingTerminal terminal = RecordingTerminal.plain();

    int code = Main.commandLine(terminal.terminal()).execute(arguments.toArray(String[]::new));

    assertThat(code).as(terminal.err()).isEqualTo(exitCode);
    return new ObjectMapper().readTree(terminal.out());
  }

  private static List<String> changes(JsonNode plan) {
    List<String> lines = new ArrayList<>();
    plan.path("objects")
        .forEach(
            it ->
                lines.add(
                    it.path("change").asText()
                        + " "
                        + it.path("kind").asText()
                        + " "
                        + it.path("name").asText()));
    return lines;
  }
}
