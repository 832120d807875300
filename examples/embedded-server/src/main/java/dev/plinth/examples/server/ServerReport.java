package dev.plinth.examples.server;

import static java.util.Objects.requireNonNull;

import dev.plinth.report.AddonReport;
import java.nio.file.Path;
import java.util.List;

/**
 * What the launcher tells about a server: its add-ons, and how to reach it.
 *
 * @param addons the add-ons and the users' files
 * @param servers the servers of the cluster; nothing if there is no need to tell them
 * @param kubeconfig the file to reach the cluster with
 * @param simulatedNodes true if the nodes and pods of the cluster are simulated
 * @param notes what else is different from what was asked for, one line each
 */
record ServerReport(
    AddonReport addons,
    List<ServersInCluster.Server> servers,
    Path kubeconfig,
    boolean simulatedNodes,
    List<String> notes) {

  ServerReport {
    requireNonNull(addons, "addons");
    servers = List.copyOf(servers);
    requireNonNull(kubeconfig, "kubeconfig");
    notes = List.copyOf(notes);
  }

  ServerReport(AddonReport addons, Path kubeconfig, boolean simulatedNodes) {
    this(addons, List.of(), kubeconfig, simulatedNodes, List.of());
  }
}
