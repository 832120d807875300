package dev.plinth.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.plinth.controlplane.ControlPlane;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A host in a JVM of its own: nothing else is in its heap, and its classes are not loaded yet. */
final class ForkedHost implements AutoCloseable {

  private static final long END_SECONDS = 10;

  private final Process process;
  private final PrintWriter commands;
  private final BufferedReader answers;
  private final Instant mainEntered;
  private final Instant clientMade;

  private ForkedHost(Process process) throws IOException {
    this.process = process;
    this.commands = new PrintWriter(process.outputWriter(UTF_8), true);
    this.answers = process.inputReader(UTF_8);
    this.mainEntered = Instant.parse(answer());
    this.clientMade = Instant.parse(answer());
  }

  /**
   * What is in such a JVM.
   *
   * @param heapBytes in use after a garbage collection
   * @param threads live Java threads
   * @param threadNames their names
   */
  record Contents(long heapBytes, int threads, List<String> threadNames) {}

  /** With CoreDNS. */
  static ForkedHost start(ControlPlane controlPlane, Path dataDirectory) throws IOException {
    return start(controlPlane, dataDirectory, ForkedMain.CORE_DNS);
  }

  /** Without add-ons, for the files in the manifests directory. */
  static ForkedHost startWithFiles(ControlPlane controlPlane, Path dataDirectory)
      throws IOException {
    return start(controlPlane, dataDirectory, ForkedMain.FILES);
  }

  /**
   * @param content what it runs, by a name of {@link ForkedMain}
   */
  static ForkedHost start(ControlPlane controlPlane, Path dataDirectory, String content)
      throws IOException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            ForkedMain.class.getName(),
            controlPlane.kubeconfig().toString(),
            dataDirectory.toString(),
            content);
    return new ForkedHost(
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
  }

  /** When its first own instruction ran. */
  Instant mainEntered() {
    return mainEntered;
  }

  /** When it had its client, and turned to Plinth. */
  Instant clientMade() {
    return clientMade;
  }

  void awaitReady() throws IOException {
    commands.println(ForkedMain.READY);
    answer();
  }

  /** Collects garbage and looks. */
  Contents contents() throws IOException {
    commands.println(ForkedMain.CONTENTS);
    long heap = Long.parseLong(answer());
    List<String> names = List.of(answer().split("\t"));
    return new Contents(heap, names.size(), names);
  }

  /** All processor time that it has used so far. */
  Duration processorTime() {
    return process.toHandle().info().totalCpuDuration().orElseThrow();
  }

  private String answer() throws IOException {
    String line = answers.readLine();
    BenchmarkFailedException.unless(line != null, "the forked host has ended");
    return line;
  }

  @Override
  public void close() throws InterruptedException {
    commands.close();
    if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
  }
}
