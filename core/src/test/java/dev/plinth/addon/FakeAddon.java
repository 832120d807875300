package dev.plinth.addon;

import dev.plinth.config.ServerConfig;
import java.util.Optional;
import java.util.Set;

/** An add-on that consists of what a selection looks at. */
record FakeAddon(
    String name,
    Set<String> provides,
    Set<String> requires,
    Optional<Slot> slot,
    Optional<String> disablingFlag)
    implements Addon {

  static FakeAddon named(String name) {
    return new FakeAddon(name, Set.of(), Set.of(), Optional.empty(), Optional.empty());
  }

  FakeAddon providing(String... capabilities) {
    return new FakeAddon(name, Set.of(capabilities), requires, slot, disablingFlag);
  }

  FakeAddon requiring(String... requirements) {
    return new FakeAddon(name, provides, Set.of(requirements), slot, disablingFlag);
  }

  FakeAddon filling(Slot filled) {
    return new FakeAddon(name, provides, requires, Optional.of(filled), disablingFlag);
  }

  FakeAddon disabledByFlag(String flag) {
    return new FakeAddon(name, provides, requires, slot, Optional.of(flag));
  }

  @Override
  public String description() {
    return "a fake";
  }

  @Override
  public Optional<String> disabledBy(ServerConfig config) {
    return disablingFlag;
  }
}
