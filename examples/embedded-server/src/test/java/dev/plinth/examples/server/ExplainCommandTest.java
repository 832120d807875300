package dev.plinth.examples.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExplainCommandTest {

  @TempDir private Path directory;
  private Path file;

  @BeforeEach
  void configure() throws Exception {
    file = directory.resolve("config.yaml");
    Files.writeString(
        file,
        """
        disable:
          - servicelb
        cluster-dns: 10.43.0.99
        unknown-key: 1
        """);
  }

  @Test
  void tells_of_each_addon_why_it_runs_or_not() {
    RecordingTerminal terminal = run("--disable-helm-controller");

    assertThat(
            terminal.out().lines().filter(it -> it.matches("(coredns|helm|servicelb|traefik).*")))
        .map(it -> it.replaceAll(" +", " "))
        .containsExactlyInAnyOrder(
            "coredns enabled no flag disables it; fills the slot dns",
            "helm-controller disabled --disable-helm-controller (flag --disable-helm-controller)",
            "servicelb disabled --disable servicelb (%s:2:5: key 'disable')".formatted(file),
            "traefik blocked needs helm.cattle.io/v1, which 'helm-controller' provides, disabled by"
                + " --disable-helm-controller");
  }

  @Test
  void tells_of_each_option_where_its_value_comes_from() {
    RecordingTerminal terminal = run("--flannel-backend=none");

    assertThat(terminal.out().lines().map(it -> it.replaceAll(" +", " ")))
        .contains(
            "--cluster-dns 10.43.0.99 %s:3:14: key 'cluster-dns' plinth".formatted(file),
            "--cluster-domain cluster.local default plinth",
            "--servicelb-namespace kube-system default servicelb",
            "without effect here: flannel-backend");
    assertThat(terminal.err()).contains("key 'unknown-key' is unknown and dropped");
  }

  @Test
  void programs_read_the_same() throws Exception {
    JsonNode document = new ObjectMapper().readTree(run("--output=json").out());

    assertThat(document.at("/addons/0/name").asText()).isEqualTo("coredns");
    assertThat(document.at("/addons/0/slot").asText()).isEqualTo("dns");
    assertThat(document.at("/options").findValuesAsText("name")).contains("cluster-dns", "output");
    assertThat(document.at("/warnings")).hasSize(1);
  }

  private RecordingTerminal run(String argument) {
    RecordingTerminal terminal = RecordingTerminal.plain();
    int code =
        Main.commandLine(terminal.terminal())
            .execute("explain", "--data-dir=" + directory, "-c", file.toString(), argument);
    assertThat(code).as(terminal.err()).isEqualTo(ExitCode.OK);
    return terminal;
  }
}
