package dev.plinth.lifecycle;

import dev.plinth.deploy.AddonCondition;
import dev.plinth.deploy.AddonCondition.Status;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Which add-ons some of the live servers disable, and some do not. Thread-safe. */
final class Differences {

  /** The type of the condition, and its reason. */
  static final String CONDITION = "DisableDiffers";

  private volatile Map<String, String> byAddon = Map.of();

  /** From now on it is these, each with a sentence that says who disables it. */
  void are(Map<String, String> now) {
    byAddon = Map.copyOf(now);
  }

  /** Who disables an add-on, and who does not; empty if they agree. */
  Optional<String> of(Optional<String> addon) {
    return addon.map(byAddon::get);
  }

  /** The conditions of an add-on's Addons: what they have anyway, and this. */
  SortedMap<String, AddonCondition> conditions(
      Optional<String> addon, SortedMap<String, AddonCondition> others) {
    SortedMap<String, AddonCondition> all = new TreeMap<>(others);
    of(addon).ifPresent(it -> all.put(CONDITION, new AddonCondition(Status.TRUE, CONDITION, it)));
    return all;
  }
}
