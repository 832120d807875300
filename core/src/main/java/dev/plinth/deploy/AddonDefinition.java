package dev.plinth.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.plinth.apply.Definitions;
import dev.plinth.cluster.ClusterApi;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * Whether the definition of Addons has room for what several servers tell there. That of a K3s
 * which is alive, and is left as it is, has none. Asks as seldom as possible. Thread-safe.
 */
final class AddonDefinition {

  private static final Duration ASK_AGAIN = Duration.ofMinutes(1);

  private final ClusterApi api;
  private final InstantSource clock;
  private boolean known;
  private Instant asked = Instant.MIN;

  AddonDefinition(ClusterApi api, InstantSource clock) {
    this.api = api;
    this.clock = clock;
  }

  /** Whether it has. */
  synchronized boolean tellsServers() {
    Instant now = clock.instant();
    if (!known && (asked.isAfter(now) || asked.isBefore(now.minus(ASK_AGAIN)))) {
      known =
          api.get(
                  Definitions.KIND,
                  "",
                  AddonResource.KIND.plural() + "." + AddonResource.KIND.group())
              .filter(AddonDefinition::hasInstance)
              .isPresent();
      asked = now;
    }
    return known;
  }

  private static boolean hasInstance(JsonNode definition) {
    for (JsonNode version : definition.path("spec").path("versions")) {
      JsonNode properties = version.path("schema").path("openAPIV3Schema").path("properties");
      if (properties.path("spec").path("properties").has("instance")) {
        return true;
      }
    }
    return false;
  }
}
