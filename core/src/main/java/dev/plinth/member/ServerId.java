package dev.plinth.member;

import static java.util.Objects.requireNonNull;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.UUID;

/**
 * Which server it is: the same after a restart, so that a restarted server has its own Leases at
 * once. Two servers of one cluster differ in at least one of both.
 *
 * @param nodeName the name of its node, as configured
 * @param uuid made once for a data directory
 */
public record ServerId(String nodeName, String uuid) implements Comparable<ServerId> {

  private static final char SEPARATOR = '_';
  private static final Comparator<ServerId> ORDER =
      Comparator.comparing(ServerId::nodeName).thenComparing(ServerId::uuid);

  public ServerId {
    requireNonNull(nodeName, "nodeName");
    requireNonNull(uuid, "uuid");
  }

  /**
   * The identity kept in a data directory, in the file {@code server/.plinth-server-id}; made if
   * there is none, or none that can be read as one. Call it while the data directory is locked.
   *
   * @throws UncheckedIOException if the file can be neither read nor written
   */
  public static ServerId load(Path dataDir, String nodeName) {
    return new ServerId(nodeName, new IdentityFile(dataDir).loadOrCreate());
  }

  /** As a holder of Leases: {@code <node name>_<UUID>}. */
  @Override
  public String toString() {
    return nodeName + SEPARATOR + uuid;
  }

  /** Reads {@link #toString} back; empty if it is not the identity of a server. */
  static Optional<ServerId> parse(String holder) {
    int separator = holder.lastIndexOf(SEPARATOR);
    return separator <= 0 || !isUuid(holder.substring(separator + 1))
        ? Optional.empty()
        : Optional.of(
            new ServerId(holder.substring(0, separator), holder.substring(separator + 1)));
  }

  static boolean isUuid(String text) {
    try {
      return UUID.fromString(text).toString().equals(text);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  @Override
  public int compareTo(ServerId other) {
    return ORDER.compare(this, other);
  }
}
