package dev.plinth.addon;

import dev.plinth.config.ServerConfig;
import java.util.List;

/** Which add-ons of a catalogue a configuration enables, and why the others do not run. */
public record Selection(List<Selected> addons, List<String> warnings) {

  /** An add-on with the decision on it. */
  public record Selected(Addon addon, Decision decision) {}

  /** The decision on an add-on. */
  public sealed interface Decision {
    /** It runs. */
    record Enabled() implements Decision {}

    /** It is switched off by this flag. */
    record Disabled(String flag) implements Decision {}

    /** It cannot run since this requirement is not met, e.g. since its provider is disabled. */
    record Blocked(String requirement, String why) implements Decision {}
  }

  public static Selection of(AddonCatalog catalog, ServerConfig config) {
    throw new IllegalStateException("written next");
  }
}
