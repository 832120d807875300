package dev.plinth.config;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.joining;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * A typed configuration option: a flag, the key of the same name in {@code config.yaml}, a key in
 * its owner's section {@code addons.<owner>} there, and optionally an environment variable.
 *
 * @param name the flag without dashes, e.g. {@code servicelb-namespace}
 * @param parser turns the text of a value into its type; throws {@link IllegalArgumentException}
 *     whose message says what was expected, e.g. {@code a port number}. It runs again at every
 *     {@link ServerConfig#option} and must give equal results.
 * @param defaultText the default as the user would write it; null for an option without one
 * @param traits what else is true of it
 * @param environment the variable that sets it where no flag and no file does; null if none
 * @param configKey its key in the section {@code addons.<owner>} of {@code config.yaml}
 * @param description one line for {@code --help}
 * @param <T> the type of one value
 */
public record Option<T>(
    String name,
    Function<String, T> parser,
    String defaultText,
    Set<Trait> traits,
    String environment,
    String configKey,
    String description) {

  private static final Pattern NAME = Pattern.compile("[a-z0-9]+(?:-[a-z0-9]+)*");

  /** What can be true of an option besides its type. */
  public enum Trait {
    /** It needs no value: {@code --name} is {@code --name=true}. */
    SWITCH,
    /** Several values may be given, each possibly a comma list. */
    REPEATABLE,
    /** All servers of a cluster must have the same value. */
    MUST_AGREE,
    /** Its values are never shown, neither by {@link ServerConfig#toString} nor in a message. */
    SECRET
  }

  /**
   * @throws IllegalArgumentException if the name or the key is not made of lower-case words with
   *     single dashes between them, or the default is no valid value
   */
  public Option {
    requireNonNull(name, "name");
    requireNonNull(parser, "parser");
    requireNonNull(configKey, "configKey");
    requireNonNull(description, "description");
    traits = Set.copyOf(traits);
    requireName(name);
    requireName(configKey);
    if (defaultText != null) {
      parser.apply(defaultText);
    }
  }

  /** A text option. */
  public static Option<String> text(String name, String defaultText, String description) {
    return of(name, Function.identity(), defaultText, description);
  }

  /** A switch, off by default. */
  public static Option<Boolean> flag(String name, String description) {
    return of(name, Option::parseBoolean, "false", description).with(Trait.SWITCH);
  }

  /**
   * A whole number within limits, both included.
   *
   * @throws IllegalArgumentException if the default is outside of them
   */
  public static Option<Integer> number(
      String name, int least, int greatest, int defaultValue, String description) {
    String expected = "a whole number from %d to %d".formatted(least, greatest);
    Function<String, Integer> parser = text -> parseNumber(text, least, greatest, expected);
    return of(name, parser, Integer.toString(defaultValue), description);
  }

  /** One of the constants of an enum, written in lower case with dashes. */
  public static <E extends Enum<E>> Option<E> choice(
      String name, Class<E> type, E defaultValue, String description) {
    Function<String, E> parser = text -> parseChoice(text, type);
    return of(name, parser, written(defaultValue), description);
  }

  /** An option of any type. */
  public static <T> Option<T> of(
      String name, Function<String, T> parser, String defaultText, String description) {
    return new Option<>(name, parser, defaultText, Set.of(), null, name, description);
  }

  /** The same, settable by this environment variable too. */
  public Option<T> withEnvironment(String variable) {
    return new Option<>(
        name, parser, defaultText, traits, requireNonNull(variable), configKey, description);
  }

  /** The same with a shorter key in its owner's section, where the owner need not be repeated. */
  public Option<T> withConfigKey(String key) {
    return new Option<>(name, parser, defaultText, traits, environment, key, description);
  }

  /** The same, repeatable. */
  public Option<T> withManyValues() {
    return with(Trait.REPEATABLE);
  }

  /** The same, with the rule that all servers of a cluster must agree on the value. */
  public Option<T> agreedBetweenServers() {
    return with(Trait.MUST_AGREE);
  }

  /** The same, with values that are never shown. */
  public Option<T> withSecretValue() {
    return with(Trait.SECRET);
  }

  /** Whether it needs no value. */
  public boolean isFlag() {
    return traits.contains(Trait.SWITCH);
  }

  /** Whether several values may be given. */
  public boolean repeatable() {
    return traits.contains(Trait.REPEATABLE);
  }

  /** Whether all servers of a cluster must have the same value. */
  public boolean mustAgree() {
    return traits.contains(Trait.MUST_AGREE);
  }

  /** Whether its values must not be shown. */
  public boolean isSecret() {
    return traits.contains(Trait.SECRET);
  }

  /** The default values: none or one. */
  public List<T> defaults() {
    return Optional.ofNullable(defaultText).map(parser).map(List::of).orElse(List.of());
  }

  private Option<T> with(Trait trait) {
    EnumSet<Trait> more = EnumSet.of(trait);
    more.addAll(traits);
    return new Option<>(name, parser, defaultText, more, environment, configKey, description);
  }

  private static void requireName(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "option name '%s': expected lower-case words with dashes between them".formatted(name));
    }
  }

  private static Boolean parseBoolean(String text) {
    return switch (text) {
      case "true", "1", "t", "T", "TRUE", "True" -> true;
      case "false", "0", "f", "F", "FALSE", "False" -> false;
      default -> throw new IllegalArgumentException("true or false");
    };
  }

  private static Integer parseNumber(String text, int least, int greatest, String expected) {
    int number;
    try {
      number = Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(expected, e);
    }
    if (number < least || number > greatest) {
      throw new IllegalArgumentException(expected);
    }
    return number;
  }

  private static <E extends Enum<E>> E parseChoice(String text, Class<E> type) {
    return Arrays.stream(type.getEnumConstants())
        .filter(constant -> written(constant).equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    Arrays.stream(type.getEnumConstants())
                        .map(Option::written)
                        .collect(joining(", ", "one of ", ""))));
  }

  static String written(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
