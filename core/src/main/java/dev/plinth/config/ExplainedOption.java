package dev.plinth.config;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * An option with the values that a server works with, and where they come from.
 *
 * @param name the flag without dashes, e.g. {@code cluster-dns}
 * @param owner who declares it: {@code plinth}, an add-on's name, or the host's
 * @param values the values in effect as a user would write them; empty if there is none. Those of a
 *     secret option are {@code (secret)}.
 * @param given what was given of it that counts, in order; empty if nobody gave anything, so that
 *     the values are the default
 */
public record ExplainedOption(String name, String owner, List<String> values, List<Given> given) {

  public ExplainedOption {
    requireNonNull(name, "name");
    requireNonNull(owner, "owner");
    values = List.copyOf(values);
    given = List.copyOf(given);
  }

  /**
   * A value as it was given; of a list, one item.
   *
   * @param text the value as written, {@code (secret)} of a secret option
   * @param origin where, as messages say it: {@code flag --disable}, {@code config.yaml:3:1: key
   *     'disable'}, {@code variable K3S_NODE_NAME}
   */
  public record Given(String text, String origin) {

    public Given {
      requireNonNull(text, "text");
      requireNonNull(origin, "origin");
    }
  }

  /** Whether nobody gave a value. */
  public boolean isDefault() {
    return given.isEmpty();
  }
}
