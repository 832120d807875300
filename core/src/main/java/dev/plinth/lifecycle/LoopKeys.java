package dev.plinth.lifecycle;

import dev.plinth.apply.Membership;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Which loop is concerned by a change in the cluster. */
final class LoopKeys {

  private final Map<String, String> byApplySet = new ConcurrentHashMap<>();
  private final Map<String, String> byAddonResource = new ConcurrentHashMap<>();

  /** From now on, changes of this set and of its Addon concern that loop. */
  void put(Membership membership, String loop) {
    byApplySet.put(membership.applySetId(), loop);
    byAddonResource.put(membership.name(), loop);
  }

  Optional<String> ofApplySet(String applySetId) {
    return Optional.ofNullable(byApplySet.get(applySetId));
  }

  Optional<String> ofAddonResource(String name) {
    return Optional.ofNullable(byAddonResource.get(name));
  }
}
