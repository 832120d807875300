package dev.plinth.examples.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.plinth.examples.server.Launcher.Result;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong is said before anything is started. */
class LauncherUsageIT {

  @TempDir Path temp;
  private Path data;
  private Launcher launcher;

  @BeforeEach
  void setUp() {
    data = temp.resolve("data");
    launcher = Launcher.in(temp);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--disabel=coredns     | unknown argument '--disabel'; did you mean --disable?",
        "--node-name=a_b       | flag --node-name: found 'a_b', expected an RFC 1123 subdomain",
        "--output=xml          | flag --output: found 'xml', expected one of table, json",
        "--timeout=5           | flag --timeout: found '5', expected a duration",
        "--https-listen-port=x | flag --https-listen-port: found 'x', expected a whole number",
        "--kubeconfig=/nowhere | there is no kubeconfig at /nowhere",
        "stray                 | unknown argument 'stray'"
      })
  void a_wrong_argument_is_named(String argument, String message) throws Exception {
    assertRefused(launcher.run("server", "--data-dir", data.toString(), argument), message);
  }

  @Test
  void a_broken_configuration_file_is_named_with_the_line() throws Exception {
    Path file = Files.writeString(temp.resolve("config.yaml"), "node-name: alpha\ndisable: [a\n");

    Result result =
        launcher
            .with("K3S_CONFIG_FILE", file.toString())
            .run("server", "--data-dir", data.toString());

    assertRefused(result, file + ":");
  }

  @Test
  void the_launchers_own_options_are_keys_of_the_configuration_file() throws Exception {
    Path file = Files.writeString(temp.resolve("config.yaml"), "output: xml\n");

    Result result =
        launcher.run("server", "--data-dir", data.toString(), "--config", file.toString());

    assertRefused(result, file + ":1:9: key 'output': found 'xml'");
  }

  @Test
  void a_port_in_use_is_told() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(taken.getLocalPort());

      Result result =
          launcher.run("server", "--data-dir", data.toString(), "--https-listen-port", port);

      assertThat(result.exitCode()).isEqualTo(ExitCode.USAGE);
      assertThat(result.err()).contains("port " + port + " is not free");
      assertThat(result.out()).isEmpty();
    }
  }

  @Test
  void somebody_elses_server_in_the_default_data_directory_is_left_alone() throws Exception {
    Path server = Files.createDirectories(temp.resolve(".local/share/plinth/server"));

    Result result = launcher.with("HOME", temp.toString()).run("server");

    assertThat(result.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(result.err()).contains(server + " was not made by plinth");
    assertThat(server).isEmptyDirectory();
  }

  @Test
  void a_host_named_localhost_needs_a_node_name() throws Exception {
    assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/unshare"))
            && System.getProperty("user.name").equals("root"),
        "only root can give a process another host name");

    Result result =
        launcher
            .startCommand(
                List.of(
                    "unshare",
                    "--uts",
                    "sh",
                    "-c",
                    "hostname localhost; exec \"$@\"",
                    "sh",
                    Launcher.SCRIPT.toString(),
                    "server",
                    "--data-dir",
                    data.toString()))
            .awaitEnd();

    assertRefused(result, "set --node-name or the variable K3S_NODE_NAME");
  }

  @Test
  void a_wrong_command_is_named_with_the_nearest() throws Exception {
    Result result = launcher.run("sever");

    assertThat(result.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(result.err()).contains("'sever'", "plinth server");
  }

  @Test
  void kubectl_and_status_say_where_they_looked_for_a_cluster() throws Exception {
    Launcher homeless = launcher.with("HOME", temp.toString());
    String kubeconfig = temp.resolve(".local/share/plinth/server/cred/admin.kubeconfig").toString();

    for (String command : List.of("kubectl", "status")) {
      Result result = homeless.run(command);

      assertThat(result.exitCode()).as(command).isEqualTo(ExitCode.USAGE);
      assertThat(result.err()).as(command).contains(kubeconfig);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "server,--exit-when-ready",
    "control-plane,--kubeconfig-out",
    "status,--kubeconfig",
    "reset,--data-dir",
    "build,--help"
  })
  void every_command_has_help(String command, String mentions) throws Exception {
    Result result = launcher.run(command, "--help");

    assertThat(result.exitCode()).isZero();
    assertThat(result.out()).startsWith("Usage: plinth " + command).contains(mentions);
    assertThat(result.err()).isEmpty();
  }

  @Test
  void the_version_is_told() throws Exception {
    Result result = launcher.run("--version");

    assertThat(result.exitCode()).isZero();
    assertThat(result.out().lines())
        .satisfiesExactly(
            plinth -> assertThat(plinth).matches("plinth \\d+\\.\\d+\\.\\d+"),
            kubernetes -> assertThat(kubernetes).matches("Kubernetes \\d+\\.\\d+\\.\\d+"));
  }

  private void assertRefused(Result result, String message) {
    assertThat(result.err()).contains("plinth: ").contains(message).doesNotContain("\tat ");
    assertThat(result.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(result.out()).isEmpty();
    assertThat(data).doesNotExist();
  }
}
