package dev.plinth.config;

import dev.plinth.config.KnownFlags.Flag;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Command-line arguments, told apart by the known flags.
 *
 * @param given the known flags with their values, in order
 * @param remaining the arguments that are no known flag's, in order and as they were
 */
record Arguments(List<Argument> given, List<String> remaining) {

  /** A known flag and its value. */
  record Argument(Flag flag, Setting setting) {}

  /**
   * Reads {@code --k v}, {@code --k=v} and switches, with one dash or two as K3s does. After {@code
   * --} nothing is read any more. An unknown flag keeps the value that follows it.
   *
   * @throws ConfigurationException if a value is missing
   */
  static Arguments parse(List<String> arguments, KnownFlags known) {
    Deque<String> left = new ArrayDeque<>(arguments);
    List<Argument> given = new ArrayList<>();
    List<String> remaining = new ArrayList<>();
    while (!left.isEmpty() && !left.peek().equals("--")) {
      Token token = Token.of(left.pop());
      Optional<Flag> flag = token.name().flatMap(known::find);
      if (flag.isPresent()) {
        given.add(new Argument(flag.get(), setting(token, flag.get(), left, known)));
      } else {
        remaining.add(token.text());
        if (token.mayTakeNext() && !left.isEmpty() && !left.peek().startsWith("-")) {
          remaining.add(left.pop());
        }
      }
    }
    remaining.addAll(left);
    return new Arguments(List.copyOf(given), List.copyOf(remaining));
  }

  /** The values of an option, in order. */
  List<Setting> valuesOf(Option<?> option) {
    return given.stream()
        .filter(it -> it.flag().name().equals(option.name()))
        .map(Argument::setting)
        .toList();
  }

  private static Setting setting(Token token, Flag flag, Deque<String> left, KnownFlags known) {
    String origin = "flag " + token.written();
    if (token.value().isPresent()) {
      return new Setting(token.value().get(), origin);
    }
    if (flag.isSwitch()) {
      return new Setting("true", origin);
    }
    if (left.isEmpty()) {
      throw new ConfigurationException(origin + ": the value is missing");
    }
    boolean flagFollows = Token.of(left.peek()).name().flatMap(known::find).isPresent();
    if (flagFollows && flag.option().isPresent()) {
      throw new ConfigurationException(
          "%s: the value is missing, the flag %s follows; a value like that is written %s=..."
              .formatted(origin, Token.of(left.peek()).written(), token.written()));
    }
    return new Setting(left.pop(), origin);
  }

  /**
   * An argument that may be a flag.
   *
   * @param name the name behind the dashes; empty for anything else
   * @param value what stands behind the equals sign; empty without one
   */
  private record Token(String text, Optional<String> name, Optional<String> value) {

    static Token of(String text) {
      int equals = text.indexOf('=');
      String written = equals < 0 ? text : text.substring(0, equals);
      String name = written.replaceFirst("^--?", "");
      boolean isFlag = !name.equals(written) && !name.isEmpty() && !name.startsWith("-");
      return new Token(
          text,
          isFlag ? Optional.of(name) : Optional.empty(),
          isFlag && equals >= 0 ? Optional.of(text.substring(equals + 1)) : Optional.empty());
    }

    /** The flag as it was written, without the value, which may be a secret. */
    String written() {
      return text.replaceFirst("(?s)=.*", "");
    }

    boolean mayTakeNext() {
      return name.isPresent() && value.isEmpty();
    }
  }
}
