package dev.plinth.config;

import static java.util.Objects.requireNonNull;

/**
 * A value as it was given. Its text may be a secret, so only {@link #isNot} shows it.
 *
 * @param text the value; of a list, one item or several with commas between them
 * @param origin where it was given, as messages begin: {@code flag --disable}, {@code
 *     config.yaml:3:1: key 'disable'}
 */
record Setting(String text, String origin) {

  Setting {
    requireNonNull(text, origin);
    requireNonNull(origin, "origin");
  }

  /** An item of this one's list. */
  Setting item(String item) {
    return new Setting(item, origin);
  }

  /** The error that says that this value is not what was expected. */
  ConfigurationException isNot(String expected, Option<?> option) {
    String found =
        option.isSecret() ? "a secret value" : text.isEmpty() ? "nothing" : "'" + text + "'";
    return new ConfigurationException(
        "%s: found %s, expected %s".formatted(origin, found, expected));
  }

  /** Only where: what a value is must not get into logs by accident. */
  @Override
  public String toString() {
    return origin;
  }
}
