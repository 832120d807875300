package dev.plinth.report;

import static java.util.Objects.requireNonNull;

/**
 * A live server of the cluster.
 *
 * @param node its node name
 * @param version of its Plinth
 * @param leads whether it applies the packaged add-ons; of all servers one does, or none for a
 *     moment
 */
public record ServerStatus(String node, String version, boolean leads) {

  public ServerStatus {
    requireNonNull(node, "node");
    requireNonNull(version, "version");
  }

  @Override
  public String toString() {
    return "%s %s%s".formatted(node, version, leads ? " (leads)" : "");
  }
}
