package dev.plinth.examples.server;

import static java.util.Objects.requireNonNull;

import dev.plinth.report.AddonReport;
import java.nio.file.Path;

/**
 * What the launcher tells about a server: its add-ons, and how to reach it.
 *
 * @param addons the add-ons and the users' files
 * @param kubeconfig the file to reach the cluster with
 * @param simulatedNodes true if the nodes and pods of the cluster are simulated
 */
record ServerReport(AddonReport addons, Path kubeconfig, boolean simulatedNodes) {

  ServerReport {
    requireNonNull(addons, "addons");
    requireNonNull(kubeconfig, "kubeconfig");
  }
}
