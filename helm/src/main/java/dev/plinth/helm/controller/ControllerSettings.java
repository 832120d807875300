package dev.plinth.helm.controller;

import static java.util.Objects.requireNonNull;

import dev.plinth.config.Option;
import dev.plinth.config.ServerConfig;
import dev.plinth.helm.engine.EngineKind;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a server's configuration says of Helm.
 *
 * @param engine the engine of charts that name none
 * @param command where the {@code helm} command is; empty: on the {@code PATH}
 */
record ControllerSettings(EngineKind engine, Optional<Path> command) {

  /** K3s's flag. */
  static final Option<Boolean> DISABLE =
      Option.flag("disable-helm-controller", "Leave HelmCharts to another controller")
          .withConfigKey("disable");

  static final Option<EngineKind> ENGINE =
      Option.choice(
              "helm-engine",
              EngineKind.class,
              EngineKind.IN_PROCESS,
              "What runs Helm: a library in this process, or the helm command")
          .withEnvironment("PLINTH_HELM_ENGINE")
          .withConfigKey("engine");

  static final Option<Path> COMMAND =
      Option.of(
              "helm-command",
              ControllerSettings::absolute,
              null,
              "The helm command for the engine cli; by default the first one on the PATH")
          .withEnvironment("PLINTH_HELM_COMMAND")
          .withConfigKey("command");

  static final List<Option<?>> OPTIONS = List.of(DISABLE, ENGINE, COMMAND);

  ControllerSettings {
    requireNonNull(engine, "engine");
    requireNonNull(command, "command");
  }

  static ControllerSettings of(ServerConfig config) {
    return new ControllerSettings(
        config.option(ENGINE).orElse(EngineKind.IN_PROCESS), config.option(COMMAND));
  }

  private static Path absolute(String text) {
    try {
      Path path = Path.of(text);
      if (path.isAbsolute()) {
        return path;
      }
    } catch (java.nio.file.InvalidPathException e) {
      throw new IllegalArgumentException("an absolute path", e);
    }
    throw new IllegalArgumentException("an absolute path");
  }
}
