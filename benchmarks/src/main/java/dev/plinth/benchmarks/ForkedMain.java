package dev.plinth.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fabric8.kubernetes.client.Config;
import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;

/** The main class of a {@link ForkedHost}: commands come by standard input, until its end. */
final class ForkedMain {

  static final String CORE_DNS = "coredns";
  static final String FILES = "files";
  static final String SERVICE_LB = "servicelb";

  static final String READY = "ready";
  static final String CONTENTS = "contents";

  private ForkedMain() {}

  public static void main(String[] args) throws Exception {
    System.out.println(Instant.now());
    Logger.getLogger("").setLevel(Level.WARNING);
    Config config = Config.fromKubeconfig(new File(args[0]));
    boolean files = args[2].equals(FILES);
    try (Host host = host(args[2], config, Path.of(args[1]))) {
      System.out.println(host.clientMade());
      BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, UTF_8));
      for (String command = commands.readLine(); command != null; command = commands.readLine()) {
        switch (command) {
          case READY -> {
            if (files) {
              host.awaitFilesToo();
            } else {
              host.awaitReady();
            }
            System.out.println();
          }
          case CONTENTS -> tellContents();
          default -> throw new IllegalArgumentException(command);
        }
      }
    }
  }

  private static Host host(String content, Config config, Path data) {
    return switch (content) {
      case CORE_DNS -> Host.withCoreDns(config, data);
      case FILES -> Host.withFiles(config, data);
      case SERVICE_LB -> Host.withServiceLb(config, data);
      default -> throw new IllegalArgumentException(content);
    };
  }

  private static void tellContents() {
    MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    memory.gc();
    memory.gc(); // what the first one queued for cleaners is gone after the second
    System.out.println(memory.getHeapMemoryUsage().getUsed());
    var threads = ManagementFactory.getThreadMXBean();
    System.out.println(
        Arrays.stream(threads.getThreadInfo(threads.getAllThreadIds()))
            .filter(Objects::nonNull)
            .map(it -> it.getThreadName())
            .sorted()
            .collect(Collectors.joining("\t")));
  }
}
