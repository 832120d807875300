package dev.plinth.controlplane.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuildAcrossProcessesIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private Path root;

  @Test
  void processesThatAskAtOnceGetOneBuild() throws Exception {
    FakeTools fakes = new FakeTools(root);
    fakes.addGo();
    Process one = ask(fakes);
    Process other = ask(fakes);
    try (BufferedReader ofOne = one.inputReader(StandardCharsets.UTF_8);
        BufferedReader ofOther = other.inputReader(StandardCharsets.UTF_8)) {
      List<String> first = List.of(ofOne.readLine(), ofOther.readLine());
      assertThat(first).anyMatch(line -> line.startsWith("Building "));
      assertThat(first).anyMatch(line -> line.startsWith("Waiting for another process"));
      await().atMost(PATIENCE).until(() -> Files.exists(fakes.builds()));

      fakes.releaseBuilds();

      List<String> toOne = ofOne.lines().toList();
      List<String> toOther = ofOther.lines().toList();
      assertThat(toOne).last().asString().startsWith(fakes.cache().toString());
      assertThat(toOther).last().isEqualTo(toOne.get(toOne.size() - 1));
    } finally {
      one.destroyForcibly();
      other.destroyForcibly();
    }
    assertThat(fakes.builds()).content().hasLineCount(1);
  }

  @Test
  void aBuilderThatIsKilledKeepsNobodyWaiting() throws Exception {
    FakeTools fakes = new FakeTools(root);
    fakes.addGo();
    Process killed = ask(fakes);
    await().atMost(PATIENCE).until(() -> Files.exists(fakes.builds()));

    killed.descendants().forEach(ProcessHandle::destroyForcibly);
    killed.destroyForcibly().waitFor();
    fakes.releaseBuilds();

    assertThat(fakes.toolbox().resolve(Tool.ETCD).path()).isExecutable();
  }

  private static Process ask(FakeTools fakes) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-Duser.home=" + fakes.home(),
                "-cp",
                System.getProperty("java.class.path"),
                Ask.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().remove("XDG_CACHE_HOME");
    builder.environment().putAll(fakes.environment());
    return builder.start();
  }

  /** Prints progress, and at last where etcd is. */
  static final class Ask {
    public static void main(String[] args) {
      Toolbox toolbox = Toolbox.reportingTo(System.out::println);
      System.out.println(toolbox.resolve(Tool.ETCD).path());
    }
  }
}
