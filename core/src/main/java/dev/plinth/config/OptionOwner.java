package dev.plinth.config;

import java.util.List;

/**
 * Somebody who declares configuration options: an add-on, or the host for flags of its own. Core
 * reads the declared flags, variables and keys for it and knows none of them by name.
 */
public interface OptionOwner {

  /**
   * The owner's name, as messages and the section {@code addons.<name>} of {@code config.yaml} show
   * it.
   */
  String name();

  /**
   * The options it declares; names are unique across all owners. An option with the name of a K3s
   * flag takes that flag over, with its single-letter form. Never null.
   */
  default List<Option<?>> options() {
    return List.of();
  }
}
