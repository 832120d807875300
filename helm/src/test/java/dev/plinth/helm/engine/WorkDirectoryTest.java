package dev.plinth.helm.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkDirectoryTest {

  @TempDir Path directory;

  @Test
  void what_a_dead_owner_has_left_is_ended_and_deleted() throws Exception {
    WorkDirectory work = WorkDirectory.open(directory.resolve("work"));
    OperationDirectory operation = work.operation();
    operation.write("values.yaml", "s3cret".getBytes());
    Process orphan = new ProcessBuilder("sleep", "60").start();
    operation.remember(orphan);
    // A number that no process has had since this process began.
    Files.writeString(operation.file(WorkDirectory.OWNER), ProcessHandle.current().pid() + " 1");

    WorkDirectory.open(directory.resolve("work"));
    assertThat(operation.path()).doesNotExist();
    assertThat(orphan.waitFor(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void what_is_in_use_stays_and_a_process_that_is_another_one_is_left_alone() throws Exception {
    WorkDirectory work = WorkDirectory.open(directory.resolve("work"));
    OperationDirectory mine = work.operation();
    OperationDirectory dead = work.operation();
    Files.writeString(dead.file(WorkDirectory.OWNER), "1 1");
    Process other = new ProcessBuilder("sleep", "60").start();
    try {
      Files.writeString(dead.file(WorkDirectory.CHILD), other.pid() + " 1");
      WorkDirectory.open(directory.resolve("work"));
      assertThat(mine.path()).exists();
      assertThat(dead.path()).doesNotExist();
      assertThat(other.isAlive()).isTrue();
    } finally {
      other.destroyForcibly();
    }
  }
}
