package dev.plinth.config;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import dev.plinth.config.Arguments.Argument;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Reads the configuration of a server from arguments, environment and files, for hosts that decide
 * themselves where to look. Immutable; without further words it knows no environment and no default
 * file, and takes the host's name from the operating system.
 *
 * <p>Where an option is given more than once, arguments come after files, so they win, or add if
 * the option is repeatable; a variable counts only where neither gave a value, and if it is not
 * empty. The configuration file is the one that {@code K3S_CONFIG_FILE} names, else {@code
 * --config}, else the default; an empty name means none.
 */
public final class ConfigurationReader {

  private final List<OptionOwner> owners;
  private final Map<String, String> environment;
  private final Supplier<String> hostName;
  private final Optional<Path> defaultConfigFile;
  private final Optional<Path> defaultDataDir;

  private ConfigurationReader(
      List<OptionOwner> owners,
      Map<String, String> environment,
      Supplier<String> hostName,
      Optional<Path> defaultConfigFile,
      Optional<Path> defaultDataDir) {
    this.owners = owners;
    this.environment = environment;
    this.hostName = hostName;
    this.defaultConfigFile = defaultConfigFile;
    this.defaultDataDir = defaultDataDir;
  }

  /** A reader that knows the options of these owners besides Plinth's. */
  public static ConfigurationReader of(Iterable<? extends OptionOwner> owners) {
    return new ConfigurationReader(
        ImmutableList.copyOf(owners), Map.of(), new HostName(), Optional.empty(), Optional.empty());
  }

  /** The same with these environment variables. */
  public ConfigurationReader withEnvironment(Map<String, String> variables) {
    return new ConfigurationReader(
        owners, Map.copyOf(variables), hostName, defaultConfigFile, defaultDataDir);
  }

  /** The same with another source of the host's name, asked if no node name is given. */
  public ConfigurationReader withHostName(Supplier<String> hostName) {
    return new ConfigurationReader(
        owners,
        environment,
        requireNonNull(hostName, "hostName"),
        defaultConfigFile,
        defaultDataDir);
  }

  /** The same with a file that is read, if it exists, where none is named. */
  public ConfigurationReader withDefaultConfigFile(Path file) {
    return new ConfigurationReader(
        owners, environment, hostName, Optional.of(file), defaultDataDir);
  }

  /** The same with a data directory for where none is named. */
  public ConfigurationReader withDefaultDataDir(Path directory) {
    return new ConfigurationReader(
        owners, environment, hostName, defaultConfigFile, Optional.of(directory));
  }

  /**
   * Reads.
   *
   * @throws ConfigurationException if something given cannot be used
   */
  public ServerConfig read(String... args) {
    KnownFlags known = KnownFlags.of(owners);
    Arguments arguments = Arguments.parse(List.of(args), known);
    ServerConfig.Builder builder =
        ServerConfig.builder()
            .hostName(hostName)
            .defaultDataDir(defaultDataDir)
            .remainingArguments(arguments.remaining());
    owners.stream().flatMap(it -> it.options().stream()).forEach(builder::declare);

    configFile(arguments, builder)
        .ifPresent(
            file -> ConfigFiles.read(file).entries().forEach(it -> take(it, known, builder)));
    arguments.given().forEach(it -> take(it, builder));
    known.options().forEach(it -> takeVariable(it, builder));
    return builder.build();
  }

  private Optional<Path> configFile(Arguments arguments, ServerConfig.Builder builder) {
    List<Setting> flags = arguments.valuesOf(PlinthOptions.CONFIG);
    Optional<Setting> named =
        variable(PlinthOptions.CONFIG).or(() -> flags.stream().reduce((first, second) -> second));
    if (named.isEmpty()) {
      return defaultConfigFile;
    }
    if (named.get().text().isEmpty()) {
      return Optional.empty();
    }
    Path file = pathOf(named.get());
    if (!ConfigFiles.exist(file)) {
      builder.warn("%s: there is no file %s".formatted(named.get().origin(), file));
    }
    return Optional.of(file);
  }

  private static Path pathOf(Setting setting) {
    if (setting.text().matches("(?i)https?://.*")) {
      // Not shown: it may hold credentials.
      throw new ConfigurationException(
          setting.origin() + ": found the address of a web page, expected a file");
    }
    try {
      return Path.of(setting.text());
    } catch (InvalidPathException e) {
      throw setting.isNot("a file", PlinthOptions.CONFIG);
    }
  }

  private static void take(ConfigEntry entry, KnownFlags known, ServerConfig.Builder builder) {
    if (entry.addon().isPresent()) {
      Option<?> option = known.inSection(entry.addon().get(), entry.key(), entry.place());
      builder.add(option, entry.settings());
      return;
    }
    Optional<KnownFlags.Flag> flag = known.find(entry.key());
    if (flag.isEmpty()) {
      builder.warn(
          "%s: key '%s' is unknown and dropped%s"
              .formatted(
                  entry.place(),
                  ConfigEntry.shown(entry.key()),
                  known.nearestKey(entry.key()).map("; did you mean '%s'?"::formatted).orElse("")));
      return;
    }
    flag.get()
        .option()
        .filter(it -> it != PlinthOptions.CONFIG)
        .ifPresentOrElse(
            it -> builder.add(it, entry.settings()), () -> builder.ignore(flag.get().name()));
  }

  private static void take(Argument argument, ServerConfig.Builder builder) {
    argument
        .flag()
        .option()
        .ifPresentOrElse(
            it -> builder.add(it, List.of(argument.setting())),
            () -> builder.ignore(argument.flag().name()));
  }

  private void takeVariable(Option<?> option, ServerConfig.Builder builder) {
    if (!builder.isGiven(option)) {
      variable(option).ifPresent(it -> builder.add(option, List.of(it)));
    }
  }

  private Optional<Setting> variable(Option<?> option) {
    return Optional.ofNullable(option.environment())
        .flatMap(
            name ->
                Optional.ofNullable(environment.get(name))
                    .map(it -> new Setting(it, "variable " + name)))
        .filter(it -> !it.text().isEmpty());
  }
}
