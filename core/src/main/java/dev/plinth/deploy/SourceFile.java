package dev.plinth.deploy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.hash.Hashing;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * A server's file of one Addon name, as that server tells it in {@code status.sources}.
 *
 * @param instance node name of the server
 * @param path absolute path of the file on that server
 * @param checksum SHA-256 of its content, in hexadecimal; empty if the file is gone and the server
 *     looks after its objects nevertheless until another one does
 */
public record SourceFile(String instance, String path, String checksum) {

  private static final String FIELD_MANAGER_PREFIX = "plinth-source-";
  private static final int LONGEST_FIELD_MANAGER = 128;
  private static final int HASH_LENGTH = 16;

  public SourceFile {
    requireNonNull(instance, "instance");
    requireNonNull(path, "path");
    requireNonNull(checksum, "checksum");
  }

  /**
   * As which field manager a server tells of its files: each of its own, so that none is in the
   * way.
   */
  static String fieldManager(String instance) {
    String plain = FIELD_MANAGER_PREFIX + instance;
    if (plain.length() <= LONGEST_FIELD_MANAGER) {
      return plain;
    }
    String hash = Hashing.sha256().hashString(instance, UTF_8).toString();
    return plain.substring(0, LONGEST_FIELD_MANAGER - 1 - HASH_LENGTH)
        + "-"
        + hash.substring(0, HASH_LENGTH);
  }

  /** The status that a server has to tell: of its own file alone. */
  static ObjectNode statusOf(Optional<SourceFile> file, Instant now) {
    ObjectNode status = JsonNodeFactory.instance.objectNode();
    file.ifPresent(it -> status.putArray("sources").add(it.toJson(now)));
    return status;
  }

  private ObjectNode toJson(Instant now) {
    ObjectNode json =
        JsonNodeFactory.instance.objectNode().put("instance", instance).put("path", path);
    if (isThere()) {
      json.put("checksum", checksum);
    }
    return json.put("seen", now.truncatedTo(ChronoUnit.SECONDS).toString());
  }

  /** Whether the server has the file. */
  public boolean isThere() {
    return !checksum.isEmpty();
  }

  /** The same, without the file. */
  public SourceFile gone() {
    return new SourceFile(instance, path, "");
  }
}
