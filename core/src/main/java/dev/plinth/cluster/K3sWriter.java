package dev.plinth.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * Which managed-fields entries are those of K3s's deploy controller and supervisor: they write
 * objects as a whole, by update. Entries of the plain name {@code k3s} are not among them: those
 * are of all the upstream controllers that K3s has in its process, whose fields are nobody's to
 * remove.
 */
final class K3sWriter {

  private static final String DEPLOY = "deploy";
  private static final List<String> PREFIXES = List.of("deploy@", "k3s-supervisor@");

  private K3sWriter() {}

  /** Whether K3s wrote these fields of an object's main resource. */
  static boolean wrote(JsonNode entry) {
    return isUpdate(entry) && isName(entry.path("manager").asText());
  }

  /** Whether an entry is of an update of an object's main resource. */
  static boolean isUpdate(JsonNode entry) {
    return entry.path("operation").asText().equals("Update")
        && entry.path("subresource").asText("").isEmpty();
  }

  private static boolean isName(String manager) {
    return manager.equals(DEPLOY) || PREFIXES.stream().anyMatch(manager::startsWith);
  }
}
