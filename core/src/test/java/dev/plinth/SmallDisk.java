package dev.plinth;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file system of 256 KiB, to be filled up and made read-only. Only root can have one. */
public final class SmallDisk implements AutoCloseable {

  private static final int BLOCK = 4096;

  private final Path directory;

  private SmallDisk(Path directory) {
    this.directory = directory;
  }

  /** Mounts one on an existing directory; without the right to, the test is skipped and says so. */
  public static SmallDisk mountedOn(Path directory) throws IOException, InterruptedException {
    int exit =
        run(
            "mount",
            "-t",
            "tmpfs",
            "-o",
            "size=256k,mode=0700",
            "plinth-test",
            directory.toString());
    assumeTrue(exit == 0, "needs the right to mount a file system (root)");
    return new SmallDisk(directory);
  }

  /** Writes until there is no space left, but for what is to be left. */
  public void fill(int blocksLeft) throws IOException {
    Path filler = directory.resolve("filler");
    try (OutputStream out = Files.newOutputStream(filler)) {
      while (Files.getFileStore(directory).getUsableSpace() > (long) blocksLeft * BLOCK) {
        out.write(new byte[BLOCK]);
      }
    }
  }

  /** Has space again. */
  public void free() throws IOException {
    Files.delete(directory.resolve("filler"));
  }

  /** As the kernel does with a disk that has errors. */
  public void readOnly(boolean isReadOnly) throws IOException, InterruptedException {
    int exit = run("mount", "-o", isReadOnly ? "remount,ro" : "remount,rw", directory.toString());
    if (exit != 0) {
      throw new IOException("remount: exit code " + exit);
    }
  }

  @Override
  public void close() throws IOException, InterruptedException {
    run("umount", "-l", directory.toString());
  }

  private static int run(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }
}
