package dev.plinth.controlplane;

import io.fabric8.kubernetes.api.model.ConfigBuilder;
import io.fabric8.kubernetes.api.model.NamedAuthInfoBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;

/**
 * How to reach the API server as somebody.
 *
 * @param server address of the API server
 * @param authority PEM of the certificate authority
 * @param token the bearer token
 * @param account who the token is for
 */
record Kubeconfig(URI server, String authority, String token, Account account) {
  private static final String NAME = "plinth";

  /** The user and the groups that an administrator acts for. */
  record Impersonated(String user, List<String> groups) {}

  void writeTo(Path file) throws IOException {
    DataDirectory.writePrivately(file, yaml(null));
  }

  void writeTo(Path file, Impersonated impersonated) throws IOException {
    DataDirectory.writePrivately(file, yaml(impersonated));
  }

  private String yaml(Impersonated impersonated) {
    NamedAuthInfoBuilder user =
        new NamedAuthInfoBuilder()
            .withName(account.user())
            .withNewUser()
            .withToken(token)
            .endUser();
    if (impersonated != null) {
      user.editUser().withAs(impersonated.user()).withAsGroups(impersonated.groups()).endUser();
    }
    return Serialization.asYaml(
        new ConfigBuilder()
            .addNewCluster()
            .withName(NAME)
            .withNewCluster()
            .withServer(server.toString())
            .withCertificateAuthorityData(encodedAuthority())
            .endCluster()
            .endCluster()
            .addToUsers(user.build())
            .addNewContext()
            .withName(NAME)
            .withNewContext()
            .withCluster(NAME)
            .withUser(account.user())
            .endContext()
            .endContext()
            .withCurrentContext(NAME)
            .build());
  }

  /** Settings of a client that reads nothing of its environment. */
  Config clientConfig() {
    return new io.fabric8.kubernetes.client.ConfigBuilder(Config.empty())
        .withMasterUrl(server.toString())
        .withCaCertData(encodedAuthority())
        .withOauthToken(token)
        .withNamespace("default")
        .build();
  }

  Config clientConfig(Impersonated impersonated) {
    return new io.fabric8.kubernetes.client.ConfigBuilder(clientConfig())
        .withImpersonateUsername(impersonated.user())
        .withImpersonateGroups(impersonated.groups().toArray(String[]::new))
        .build();
  }

  private String encodedAuthority() {
    return Base64.getEncoder().encodeToString(authority.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public String toString() {
    return account + "@" + server; // never the token
  }
}
