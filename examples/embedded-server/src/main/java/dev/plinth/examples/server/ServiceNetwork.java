package dev.plinth.examples.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The service network of the cluster in a data directory, on record since it cannot change:
 * Services keep the addresses they have.
 */
final class ServiceNetwork {

  private final Path root;
  private final Path record;

  ServiceNetwork(DataDirectory data) {
    this.root = data.root();
    this.record = data.controlPlane().resolve("service-cidr");
  }

  /**
   * @throws UsageException if there is a cluster with another network
   */
  void requireUnchanged(List<String> cidrs) {
    String wanted = String.join(",", cidrs);
    try {
      String existing = Files.exists(record) ? Files.readString(record).strip() : wanted;
      if (!existing.equals(wanted)) {
        throw new UsageException(
            ("the cluster in %s has the service network %s, which cannot become %s: give"
                    + " --service-cidr %s or another --data-dir, or delete the cluster with"
                    + " ./plinth reset")
                .formatted(root, existing, wanted, existing));
      }
    } catch (IOException e) {
      throw new UsageException("%s cannot be read: %s".formatted(record, Reason.of(e)), e);
    }
  }

  /** Notes the network of a cluster that is about to be started. */
  void record(List<String> cidrs) {
    try {
      Files.createDirectories(record.getParent());
      Files.writeString(record, String.join(",", cidrs) + "\n");
    } catch (IOException e) {
      throw new UsageException("%s cannot be written: %s".formatted(record, Reason.of(e)), e);
    }
  }
}
