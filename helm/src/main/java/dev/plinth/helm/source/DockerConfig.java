package dev.plinth.helm.source;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.plinth.helm.source.SourceAccess.Basic;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/** The credentials in a {@code .dockerconfigjson}. Helpers that it names are not started. */
final class DockerConfig {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final JsonNode auths;

  private DockerConfig(JsonNode auths) {
    this.auths = auths;
  }

  static DockerConfig parse(String json) throws ChartSourceException {
    try {
      JsonNode root = MAPPER.readTree(json);
      if (!root.path("auths").isObject()) {
        throw new ChartSourceException(
            "dockerRegistrySecret: .dockerconfigjson: expected an object \"auths\", found none");
      }
      return new DockerConfig(root.path("auths"));
    } catch (JsonProcessingException e) {
      // Without the parser's text: it would quote the content.
      throw new ChartSourceException(
          "dockerRegistrySecret: .dockerconfigjson: expected JSON, found something else at line %d"
              .formatted(e.getLocation() == null ? 1 : e.getLocation().getLineNr()));
    }
  }

  /**
   * The entry with the longest path that the repository is below of.
   *
   * @param registry host and port
   */
  Optional<Basic> find(String registry, String repository) throws ChartSourceException {
    String wanted = registry + "/" + repository + "/";
    String best = null;
    JsonNode found = null;
    for (Map.Entry<String, JsonNode> entry : auths.properties()) {
      String key =
          entry.getKey().replaceFirst("^https?://", "").replaceFirst("/(v1|v2)?/?$", "") + "/";
      if (wanted.startsWith(key) && (best == null || key.length() > best.length())) {
        best = key;
        found = entry.getValue();
      }
    }
    return found == null ? Optional.empty() : credentials(found, registry);
  }

  private static Optional<Basic> credentials(JsonNode entry, String registry)
      throws ChartSourceException {
    if (entry.path("username").isTextual() && entry.path("password").isTextual()) {
      return Optional.of(
          new Basic(entry.path("username").asText(), entry.path("password").asText()));
    }
    String auth = entry.path("auth").asText();
    if (auth.isEmpty()) {
      return Optional.empty();
    }
    try {
      String[] parts = new String(Base64.getMimeDecoder().decode(auth), UTF_8).split(":", 2);
      if (parts.length == 2) {
        return Optional.of(new Basic(parts[0], parts[1]));
      }
    } catch (IllegalArgumentException e) {
      // the same as one without a colon
    }
    throw new ChartSourceException(
        "dockerRegistrySecret: .dockerconfigjson: auth of %s: expected USER:PASSWORD in base64"
            .formatted(registry));
  }
}
