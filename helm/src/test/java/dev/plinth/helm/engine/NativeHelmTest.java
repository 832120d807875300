package dev.plinth.helm.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the Helm library does to the process that it is in. */
class NativeHelmTest {

  @TempDir Path directory;

  @Test
  void the_host_still_ends_when_it_is_asked_to_and_no_file_is_left() throws Exception {
    Process host =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                SignalledHost.class.getName(),
                directory.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader output = host.inputReader()) {
      assertThat(output.readLine()).startsWith("ready 3.");
      try (Stream<Path> files = Files.list(directory.resolve("library"))) {
        assertThat(files).isEmpty();
      }
      host.destroy();
      assertThat(host.waitFor(20, TimeUnit.SECONDS)).as("SIGTERM ends the host").isTrue();
      assertThat(host.exitValue()).isEqualTo(128 + 15);
      assertThat(directory.resolve("hook")).hasContent("ran");
    } finally {
      host.destroyForcibly();
    }
  }
}
