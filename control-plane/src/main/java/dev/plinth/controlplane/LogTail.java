package dev.plinth.controlplane;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The end of a log file. */
final class LogTail {
  private static final int BYTES = 16 * 1024;
  private static final int LINES = 40;

  private LogTail() {}

  /** The last lines of a log; a sentence about why there are none if it can not be read. */
  static String of(Path log) {
    if (!Files.exists(log)) {
      return "(no log)";
    }
    try (FileChannel channel = FileChannel.open(log)) {
      ByteBuffer end = ByteBuffer.allocate((int) Math.min(BYTES, channel.size()));
      channel.position(channel.size() - end.capacity());
      while (end.hasRemaining() && channel.read(end) >= 0) {
        // until the buffer is full
      }
      List<String> lines =
          new String(end.array(), 0, end.position(), StandardCharsets.UTF_8).lines().toList();
      return String.join("\n", lines.subList(Math.max(0, lines.size() - LINES), lines.size()));
    } catch (IOException e) {
      return "(can not read the log: " + e + ")";
    }
  }
}
