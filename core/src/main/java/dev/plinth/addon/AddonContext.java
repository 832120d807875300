package dev.plinth.addon;

import static java.util.Objects.requireNonNull;

import dev.plinth.config.ServerConfig;
import dev.plinth.health.HealthContext;
import io.fabric8.kubernetes.client.KubernetesClient;

/**
 * What an add-on works with when it touches the cluster.
 *
 * @param config the server's configuration
 * @param client a client for the cluster; owned by Plinth, not to be closed
 * @param fieldManager the field manager of everything the add-on itself writes, {@code
 *     plinth-<add-on>}
 * @param health what this server's other add-ons mean for the health of objects
 */
public record AddonContext(
    ServerConfig config, KubernetesClient client, String fieldManager, HealthContext health) {

  public AddonContext {
    requireNonNull(config, "config");
    requireNonNull(client, "client");
    requireNonNull(fieldManager, "fieldManager");
    requireNonNull(health, "health");
  }

  /** A context in which nobody serves Services of type LoadBalancer. */
  public AddonContext(ServerConfig config, KubernetesClient client, String fieldManager) {
    this(config, client, fieldManager, new HealthContext(false));
  }
}
