package dev.plinth.addon;

import dev.plinth.config.ServerConfig;
import dev.plinth.manifest.Variables;

/**
 * The values that K3s puts in place of the placeholders of its packaged manifests, as far as they
 * belong to the cluster and not to one component. With them a template written for K3s can be
 * rendered.
 */
public final class ClusterVariables {

  private ClusterVariables() {}

  /**
   * The variables of a cluster:
   *
   * <ul>
   *   <li>{@code CLUSTER_DNS}: the first address of cluster DNS; {@code CLUSTER_DNS_LIST}: all of
   *       them, as a list
   *   <li>{@code CLUSTER_DNS_IPFAMILYPOLICY}: {@code RequireDualStack} if there are several, else
   *       {@code SingleStack}
   *   <li>{@code CLUSTER_DOMAIN}: the cluster's DNS domain
   *   <li>{@code SYSTEM_DEFAULT_REGISTRY}: the registry with a slash behind it, to stand before an
   *       image's name, and {@code SYSTEM_DEFAULT_REGISTRY_RAW}: without; both empty if none is
   *       configured
   *   <li>{@code PREFERRED_ADDRESS_TYPES}: which of a node's addresses to connect to, the best
   *       first, joined by commas
   * </ul>
   */
  public static Variables of(ServerConfig config) {
    String registry = config.systemDefaultRegistry().orElse("");
    return Variables.builder()
        .text("CLUSTER_DNS", config.clusterDns().get(0))
        .list("CLUSTER_DNS_LIST", config.clusterDns())
        .text(
            "CLUSTER_DNS_IPFAMILYPOLICY",
            config.clusterDns().size() > 1 ? "RequireDualStack" : "SingleStack")
        .text("CLUSTER_DOMAIN", config.clusterDomain())
        .text("SYSTEM_DEFAULT_REGISTRY", registry.isEmpty() ? "" : registry + "/")
        .text("SYSTEM_DEFAULT_REGISTRY_RAW", registry)
        // K3s prefers external addresses if its own network provider uses them; there is none here.
        .text("PREFERRED_ADDRESS_TYPES", "InternalIP,ExternalIP,Hostname")
        .build();
  }
}
