package dev.plinth.testkit.addons;

import dev.plinth.config.ServerConfig;

/** The families of addresses that a cluster can have. */
enum NetworkSettings {
  IPV4("10.42.0.0/16", "10.43.0.0/16"),
  DUAL_STACK("10.42.0.0/16,fd42::/56", "10.43.0.0/16,fd43::/112"),
  IPV6("fd42::/56", "fd43::/112");

  private final String clusterCidrs;
  private final String serviceCidrs;

  NetworkSettings(String clusterCidrs, String serviceCidrs) {
    this.clusterCidrs = clusterCidrs;
    this.serviceCidrs = serviceCidrs;
  }

  ServerConfig.Builder applyTo(ServerConfig.Builder config) {
    return config.clusterCidrs(clusterCidrs.split(",")).serviceCidrs(serviceCidrs.split(","));
  }
}
