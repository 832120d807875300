package dev.plinth.examples.server;

import dev.plinth.report.AddonStatus;
import java.util.List;

/** A report for programs. */
record ReportDocument(
    List<Entry> addons,
    List<Entry> files,
    List<Server> servers,
    List<String> notes,
    String kubeconfig) {

  static ReportDocument of(ServerReport report) {
    return new ReportDocument(
        entries(report.addons().addons()),
        entries(report.addons().files()),
        report.servers().stream().map(Server::of).toList(),
        report.notes(),
        report.kubeconfig().toString());
  }

  /** Of the users' files alone. */
  static Files files(ServerReport report) {
    return new Files(entries(report.addons().files()), report.kubeconfig().toString());
  }

  /** The users' files. */
  record Files(List<Entry> files, String kubeconfig) {}

  /** A server of the cluster, and how many seconds ago it renewed its Lease. */
  record Server(String node, String version, boolean leads, long seenSecondsAgo) {

    private static Server of(ServersInCluster.Server server) {
      return new Server(
          server.node(), server.version(), server.leads(), server.silence().toSeconds());
    }
  }

  /** An add-on or a file. */
  record Entry(
      String name, String state, String reason, String message, int objects, double seconds) {

    private static Entry of(AddonStatus status) {
      return new Entry(
          status.name(),
          status.state().name(),
          status.reason(),
          status.message(),
          status.objects(),
          status.time().toMillis() / 1000.0);
    }
  }

  private static List<Entry> entries(List<AddonStatus> statuses) {
    return statuses.stream().map(Entry::of).toList();
  }
}
