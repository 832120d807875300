package dev.plinth.examples.server;

import dev.plinth.config.Option;
import dev.plinth.config.OptionOwner;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The launcher's own options. Declared like an add-on's, they work as flags and as keys of {@code
 * config.yaml} alike.
 */
final class LauncherOptions implements OptionOwner {

  /** More make no sense on one machine. */
  static final int MOST_NODES = 1000;

  static final Option<Integer> HTTPS_LISTEN_PORT =
      Option.number(
          "https-listen-port",
          0,
          65535,
          6443,
          "Port of the API server; 0 takes any that is free; without effect with --kubeconfig");

  static final Option<Integer> NODES =
      Option.number(
          "nodes", 0, MOST_NODES, 1, "Number of simulated nodes; without effect with --kubeconfig");

  static final Option<Path> KUBECONFIG =
      Option.of(
          "kubeconfig",
          LauncherOptions::path,
          null,
          "Use the cluster that this file names instead of starting a control plane");

  static final Option<Path> WRITE_KUBECONFIG =
      Option.of(
          "write-kubeconfig",
          LauncherOptions::path,
          null,
          "Write the kubeconfig of the control plane to this file too");

  static final Option<Boolean> EXIT_WHEN_READY =
      Option.flag("exit-when-ready", "Stop as soon as every add-on has settled");

  static final Option<Duration> TIMEOUT =
      Option.of(
          "timeout",
          Durations::parse,
          "5m",
          "How long the add-ons may take, once the API server answers");

  static final Option<OutputFormat> OUTPUT =
      Option.choice(
          "output",
          OutputFormat.class,
          OutputFormat.TABLE,
          "Form of the report: table, json or yaml");

  @Override
  public String name() {
    return "launcher";
  }

  @Override
  public List<Option<?>> options() {
    return List.of(
        HTTPS_LISTEN_PORT, NODES, KUBECONFIG, WRITE_KUBECONFIG, EXIT_WHEN_READY, TIMEOUT, OUTPUT);
  }

  private static Path path(String text) {
    if (text.isBlank()) {
      throw new IllegalArgumentException("the path of a file");
    }
    return Path.of(text).toAbsolutePath().normalize();
  }
}
