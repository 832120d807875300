package dev.plinth.testkit.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerProcessIT {

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int KILLED = 128 + 9;

  @TempDir Path directory;

  @Test
  void oneThatIsPausedStandsStillAndGoesOn() {
    try (ServerProcess process = shell("while :; do echo tick; sleep 0.02; done")) {
      process.awaitOutput("tick", PATIENCE);

      process.pause();

      String before = process.output();
      await()
          .during(Duration.ofMillis(300))
          .atMost(PATIENCE)
          .until(() -> process.isAlive() && process.output().equals(before));

      process.resume();

      await().atMost(PATIENCE).until(() -> process.output().length() > before.length());
    }
  }

  @Test
  void oneThatIsKilledHasNoSayInIt() {
    ServerProcess process =
        shell("trap 'echo asked' TERM; echo ready; while :; do sleep 0.02; done");
    process.awaitOutput("ready", PATIENCE);
    process.pause();

    process.kill();

    assertThat(process.isAlive()).isFalse();
    assertThat(process.awaitEnd()).isEqualTo(KILLED);
    assertThat(process.output()).doesNotContain("asked");
  }

  @Test
  void oneThatIsAskedToEndEndsItsOwnWay() {
    ServerProcess process =
        shell(
            "trap 'echo \"$NAME was asked\"; exit 3' TERM; echo ready; while :; do sleep 0.02;"
                + " done");
    process.awaitOutput("ready", PATIENCE);

    assertThat(process.terminate()).isEqualTo(3);
    assertThat(process.output()).contains("this one was asked");
  }

  @Test
  void oneThatEndsBeforeItWritesWhatIsWaitedForIsTold() {
    try (ServerProcess process = shell("sleep 0.1; echo no luck; exit 5")) {
      assertThatThrownBy(() -> process.awaitOutput("ready", PATIENCE))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("no luck");
      assertThat(process.awaitEnd()).isEqualTo(5);
    }
  }

  @Test
  void javaClassesRunWithTheClassPathOfTheTest() {
    try (ServerProcess process =
        ServerProcess.java(Greeting.class, directory.resolve("java.log"), "world")) {
      process.awaitOutput("hello world", PATIENCE);
      assertThat(process.awaitEnd()).isZero();
    }
  }

  /** A program. */
  static final class Greeting {

    private Greeting() {}

    public static void main(String[] arguments) {
      System.out.println("hello " + arguments[0]);
    }
  }

  private ServerProcess shell(String script) {
    return ServerProcess.start(
        List.of("/bin/sh", "-c", script), Map.of("NAME", "this one"), directory.resolve("log"));
  }
}
