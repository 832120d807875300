package dev.plinth.config;

import java.util.List;

/**
 * Somebody who declares configuration options: in practice an add-on. Core reads the declared
 * flags, variables and keys for it and knows none of them by name.
 */
public interface OptionOwner {

  /**
   * The owner's name, as messages and the section {@code addons.<name>} of {@code config.yaml} show
   * it.
   */
  String name();

  /** The options it declares; names are unique across all owners. Never null. */
  default List<Option<?>> options() {
    return List.of();
  }
}
