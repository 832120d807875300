package dev.plinth.helm.engine;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.plinth.helm.release.ReleaseStorage;
import java.io.IOException;
import java.nio.file.Path;

/**
 * What Helm is given for one operation.
 *
 * @param directory the operation's own, deleted after it
 * @param cluster how to reach the API server
 * @param storage the stored releases, with the operation's rights
 */
record RunContext(OperationDirectory directory, ClusterAccess cluster, ReleaseStorage storage) {

  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** A file with the values that only its owner may read. */
  Path valuesFile(ReleaseValues values) throws HelmFailure {
    try {
      return directory.write("values.yaml", MAPPER.writeValueAsBytes(values.document()));
    } catch (IOException e) {
      throw new HelmFailure("Can not write the values for Helm: " + e, e);
    }
  }
}
