package dev.plinth.helm.engine;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.Config;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;

/** A kubeconfig that has in it all that a client's configuration says or refers to. */
final class KubeconfigDocument {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String NAME = "plinth";

  private final Config config;
  private final ObjectNode user = MAPPER.createObjectNode();

  private KubeconfigDocument(Config config) {
    this.config = config;
    if (config.getImpersonateUsername() != null) {
      as(
          config.getImpersonateUsername(),
          config.getImpersonateGroups() == null
              ? List.of()
              : List.of(config.getImpersonateGroups()));
    }
  }

  static KubeconfigDocument of(Config config) {
    return new KubeconfigDocument(config);
  }

  /** Whom to impersonate. */
  KubeconfigDocument as(String name, List<String> groups) {
    user.put("as", name);
    user.remove("as-groups");
    if (!groups.isEmpty()) {
      groups.forEach(user.withArrayProperty("as-groups")::add);
    }
    return this;
  }

  static byte[] address(Config config) {
    ObjectNode cluster = MAPPER.createObjectNode().put("server", config.getMasterUrl());
    return bytes(cluster, MAPPER.createObjectNode());
  }

  byte[] bytes() throws IOException {
    ObjectNode cluster = MAPPER.createObjectNode().put("server", config.getMasterUrl());
    if (config.isTrustCerts()) {
      cluster.put("insecure-skip-tls-verify", true);
    } else {
      put(
          cluster,
          "certificate-authority-data",
          data(config.getCaCertData(), config.getCaCertFile()));
    }
    put(cluster, "tls-server-name", config.getTlsServerName());
    put(
        cluster,
        "proxy-url",
        config.getMasterUrl().startsWith("https:")
            ? config.getHttpsProxy()
            : config.getHttpProxy());
    put(
        user,
        "client-certificate-data",
        data(config.getClientCertData(), config.getClientCertFile()));
    put(user, "client-key-data", data(config.getClientKeyData(), config.getClientKeyFile()));
    put(user, "username", config.getUsername());
    put(user, "password", config.getPassword());
    put(user, "token", token());
    return bytes(cluster, user);
  }

  private String token() {
    if (config.getOauthTokenProvider() != null) {
      return config.getOauthTokenProvider().getToken();
    }
    return config.getOauthToken() != null ? config.getOauthToken() : config.getAutoOAuthToken();
  }

  private static String data(String inline, String file) throws IOException {
    if (inline != null && !inline.isEmpty()) {
      // The client takes PEM as it is, too.
      return inline.startsWith("-----BEGIN")
          ? Base64.getEncoder()
              .encodeToString(inline.getBytes(java.nio.charset.StandardCharsets.US_ASCII))
          : inline;
    }
    return file == null || file.isEmpty()
        ? null
        : Base64.getEncoder().encodeToString(Files.readAllBytes(Path.of(file)));
  }

  private static void put(ObjectNode node, String field, String value) {
    if (value != null && !value.isEmpty()) {
      node.put(field, value);
    }
  }

  private static byte[] bytes(ObjectNode cluster, ObjectNode user) {
    ObjectNode document = MAPPER.createObjectNode().put("apiVersion", "v1").put("kind", "Config");
    document.put("current-context", NAME);
    document.withArrayProperty("clusters").addObject().put("name", NAME).set("cluster", cluster);
    document.withArrayProperty("users").addObject().put("name", NAME).set("user", user);
    document
        .withArrayProperty("contexts")
        .addObject()
        .put("name", NAME)
        .putObject("context")
        .put("cluster", NAME)
        .put("user", NAME);
    try {
      return MAPPER.writeValueAsBytes(document);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // not with memory as the target
    }
  }
}
