package dev.plinth.addon;

import static java.util.Objects.requireNonNull;

import dev.plinth.config.ServerConfig;
import io.fabric8.kubernetes.client.KubernetesClient;

/**
 * What an add-on works with when it touches the cluster.
 *
 * @param config the server's configuration
 * @param client a client for the cluster; owned by Plinth, not to be closed
 * @param fieldManager the field manager of everything the add-on itself writes, {@code
 *     plinth-<add-on>}
 */
public record AddonContext(ServerConfig config, KubernetesClient client, String fieldManager) {

  public AddonContext {
    requireNonNull(config, "config");
    requireNonNull(client, "client");
    requireNonNull(fieldManager, "fieldManager");
  }
}
