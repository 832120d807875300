package dev.plinth.controlplane;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;

/** Ports of the loopback interface. */
final class Ports {
  private Ports() {}

  /**
   * A port that nobody has at the moment. It is not reserved: whoever wants to listen to it must be
   * ready to ask for another one.
   */
  static int free() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException("127.0.0.1 has no free port", e);
    }
  }

  /** Whether a component that has ended says that its port was taken. */
  static boolean wasTaken(Path log) {
    return LogTail.of(log).contains("address already in use");
  }
}
