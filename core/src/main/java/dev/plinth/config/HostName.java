package dev.plinth.config;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;

/** The name of this host as its kernel knows it, without asking DNS where that can be avoided. */
final class HostName implements Supplier<String> {

  private static final Path LINUX_KERNEL = Path.of("/proc/sys/kernel/hostname");

  /** The name; empty if the host has none. */
  @Override
  public String get() {
    try {
      return Files.isReadable(LINUX_KERNEL)
          ? Files.readString(LINUX_KERNEL).strip()
          : InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "";
    } catch (IOException e) {
      throw new ConfigurationException("%s: cannot be read: %s".formatted(LINUX_KERNEL, e), e);
    }
  }
}
