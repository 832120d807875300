package dev.plinth.member;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.google.common.hash.Hashing;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Locale;
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
  private static final String LEASE_PREFIX = "plinth-server-";
  private static final String NOT_IN_NAMES = "[^a-z0-9.-]";
  private static final int LONGEST_NAME = 253;
  private static final int LONGEST_NODE = 200;
  private static final int UUID_PART = 8;
  private static final int DIGEST_PART = 16;
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

  /** Name of the Lease by which it announces itself. */
  String leaseName() {
    String node = nodeName.toLowerCase(Locale.ROOT).replaceAll(NOT_IN_NAMES, "-");
    String name = LEASE_PREFIX + node + "-" + uuid.substring(0, Math.min(UUID_PART, uuid.length()));
    if (name.length() <= LONGEST_NAME && node.equals(nodeName)) {
      return name;
    }
    // Shortened, or spelt otherwise: still not the name of another one's.
    String digest = Hashing.sha256().hashString(toString(), UTF_8).toString();
    return LEASE_PREFIX
        + node.substring(0, Math.min(node.length(), LONGEST_NODE)).replaceAll("[.-]+$", "")
        + "-"
        + digest.substring(0, DIGEST_PART);
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
