package dev.plinth.config;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A typed configuration option: a flag, the key of the same name in {@code config.yaml}, and
 * optionally an environment variable.
 *
 * @param name the flag without dashes, e.g. {@code servicelb-namespace}
 * @param parser turns the text of a value into its type; throws {@link IllegalArgumentException}
 *     with what was expected
 * @param defaultText the default as the user would write it; null for an option without one
 * @param isFlag true for a switch that needs no value: {@code --name} is {@code --name=true}
 * @param repeatable true if several values may be given, each possibly a comma list
 * @param environment the variable that sets it where no flag does; null if none
 * @param mustAgree true if all servers of a cluster must have the same value
 * @param description one line for {@code --help}
 * @param <T> the type of one value
 */
public record Option<T>(
    String name,
    Function<String, T> parser,
    String defaultText,
    boolean isFlag,
    boolean repeatable,
    String environment,
    boolean mustAgree,
    String description) {

  public Option {
    requireNonNull(name, "name");
    requireNonNull(parser, "parser");
    requireNonNull(description, "description");
  }

  /** A text option. */
  public static Option<String> text(String name, String defaultText, String description) {
    return new Option<>(name, text -> text, defaultText, false, false, null, false, description);
  }

  /** A switch, off by default. */
  public static Option<Boolean> flag(String name, String description) {
    return new Option<>(name, Option::parseFlag, "false", true, false, null, false, description);
  }

  /** An option of any type. */
  public static <T> Option<T> of(
      String name, Function<String, T> parser, String defaultText, String description) {
    return new Option<>(name, parser, defaultText, false, false, null, false, description);
  }

  /** The same, settable by this environment variable too. */
  public Option<T> withEnvironment(String variable) {
    return new Option<>(
        name, parser, defaultText, isFlag, repeatable, variable, mustAgree, description);
  }

  /** The same, repeatable. */
  public Option<T> withManyValues() {
    return new Option<>(
        name, parser, defaultText, isFlag, true, environment, mustAgree, description);
  }

  /** The same, with the rule that all servers of a cluster must agree on the value. */
  public Option<T> agreedBetweenServers() {
    return new Option<>(
        name, parser, defaultText, isFlag, repeatable, environment, true, description);
  }

  /** The default values: none or one. */
  public List<T> defaults() {
    return Optional.ofNullable(defaultText).map(parser).map(List::of).orElse(List.of());
  }

  private static Boolean parseFlag(String text) {
    return switch (text) {
      case "true", "1", "t", "T", "TRUE", "True" -> true;
      case "false", "0", "f", "F", "FALSE", "False" -> false;
      default -> throw new IllegalArgumentException("expected true or false");
    };
  }
}
