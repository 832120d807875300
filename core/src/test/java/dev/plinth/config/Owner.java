package dev.plinth.config;

import java.util.List;

/** An owner of options for tests. */
record Owner(String name, List<Option<?>> options) implements OptionOwner {

  static Owner of(String name, Option<?>... options) {
    return new Owner(name, List.of(options));
  }
}
