package dev.plinth.helm.engine;

import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import java.util.LinkedHashMap;
import java.util.Map;

/** The process's handlers of the signals that end it or ask it something, kept and put back. */
final class SignalHandlers implements AutoCloseable {
  private static final int SIGHUP = 1;
  private static final int SIGINT = 2;
  private static final int SIGQUIT = 3;
  private static final int SIGTERM = 15;

  /** More than {@code struct sigaction} has on any system: it is carried, not looked into. */
  private static final int SIZE = 1024;

  private final LibC libc;
  private final Map<Integer, Memory> kept = new LinkedHashMap<>();

  /** The functions that are needed of the C library. */
  interface LibC extends Library {
    int sigaction(int signal, Pointer action, Pointer old);
  }

  private SignalHandlers(LibC libc) {
    this.libc = libc;
  }

  static SignalHandlers keep() {
    if (Platform.isWindows()) {
      return new SignalHandlers(null); // there, a Go library takes no handlers
    }
    SignalHandlers handlers = new SignalHandlers(Native.load("c", LibC.class));
    for (int signal : new int[] {SIGHUP, SIGINT, SIGQUIT, SIGTERM}) {
      handlers.keep(signal);
    }
    return handlers;
  }

  private void keep(int signal) {
    Memory old = new Memory(SIZE);
    if (libc.sigaction(signal, Pointer.NULL, old) == 0) {
      kept.put(signal, old);
    }
  }

  @Override
  public void close() {
    kept.forEach((signal, old) -> libc.sigaction(signal, old, Pointer.NULL));
  }
}
