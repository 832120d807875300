package dev.plinth.controlplane;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/**
 * The secrets of a control plane: random tokens, the key of service accounts, and the certificate
 * that the API server signs for itself. They live as long as the data directory, so that whoever
 * has a kubeconfig file can go on with it after a restart.
 */
final class Credentials {
  private static final Duration LEAST_VALIDITY = Duration.ofDays(30);
  private static final Base64.Encoder PEM = Base64.getMimeEncoder(64, new byte[] {'\n'});

  private final DataDirectory data;
  private final Map<Account, String> tokens;

  private Credentials(DataDirectory data, Map<Account, String> tokens) {
    this.data = data;
    this.tokens = tokens;
  }

  /** Reads the secrets from the directory, and creates those that are missing. */
  static Credentials in(DataDirectory data, Instant now) throws IOException {
    Map<Account, String> tokens = readTokens(data.tokens());
    SecureRandom random = new SecureRandom();
    for (Account account : Account.values()) {
      tokens.computeIfAbsent(account, missing -> newToken(random));
    }
    Credentials credentials = new Credentials(data, tokens);
    DataDirectory.writePrivately(data.tokens(), credentials.tokenFile());
    if (!Files.exists(credentials.serviceAccountKey())) {
      credentials.createServiceAccountKey();
    }
    credentials.discardOldCertificate(now);
    return credentials;
  }

  private static Map<Account, String> readTokens(Path file) throws IOException {
    Map<Account, String> tokens = new EnumMap<>(Account.class);
    if (Files.exists(file)) {
      for (String line : Files.readAllLines(file)) {
        String[] columns = line.split(",");
        for (Account account : Account.values()) {
          if (columns.length > 1 && columns[1].equals(account.user())) {
            tokens.put(account, columns[0]);
          }
        }
      }
    }
    return tokens;
  }

  private static String newToken(SecureRandom random) {
    byte[] token = new byte[32];
    random.nextBytes(token);
    return HexFormat.of().formatHex(token);
  }

  /** The format of {@code --token-auth-file}: token, user, uid, groups. */
  private String tokenFile() {
    StringBuilder lines = new StringBuilder();
    tokens.forEach(
        (account, token) -> {
          lines.append(token).append(',').append(account.user()).append(',').append(account.user());
          if (!account.groups().isEmpty()) {
            lines.append(",\"").append(String.join(",", account.groups())).append('"');
          }
          lines.append('\n');
        });
    return lines.toString();
  }

  private void createServiceAccountKey() throws IOException {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      KeyPair pair = generator.generateKeyPair();
      DataDirectory.writePrivately(
          serviceAccountPublicKey(), pem("PUBLIC KEY", pair.getPublic().getEncoded()));
      DataDirectory.writePrivately(
          serviceAccountKey(), pem("PRIVATE KEY", pair.getPrivate().getEncoded()));
    } catch (GeneralSecurityException e) {
      throw new ControlPlaneException("Can not create the key of service accounts", e);
    }
  }

  private static String pem(String type, byte[] content) {
    StringWriter pem = new StringWriter();
    pem.append("-----BEGIN ").append(type).append("-----\n");
    pem.append(PEM.encodeToString(content)).append('\n');
    pem.append("-----END ").append(type).append("-----\n");
    return pem.toString();
  }

  /** The API server makes a new certificate when there is none, but not when it has expired. */
  private void discardOldCertificate(Instant now) throws IOException {
    Optional<X509Certificate> authority = authority();
    if (authority.isPresent()
        && authority.get().getNotAfter().toInstant().isBefore(now.plus(LEAST_VALIDITY))) {
      Files.deleteIfExists(certificate());
      Files.deleteIfExists(data.pki().resolve("apiserver.key"));
    }
  }

  private Path certificate() throws IOException {
    return data.pki().resolve("apiserver.crt");
  }

  Path serviceAccountKey() throws IOException {
    return data.pki().resolve("service-account.key");
  }

  Path serviceAccountPublicKey() throws IOException {
    return data.pki().resolve("service-account.pub");
  }

  /** The certificate authority in a file of its own, for the controller manager. */
  Path authorityFile() throws IOException {
    return data.pki().resolve("ca.crt");
  }

  String token(Account account) {
    return tokens.get(account);
  }

  /**
   * The certificate authority of the API server's certificate, as PEM.
   *
   * @return empty as long as the API server has not written it
   */
  Optional<String> authorityPem() throws IOException {
    Optional<X509Certificate> authority = authority();
    if (authority.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(pem("CERTIFICATE", authority.get().getEncoded()));
    } catch (CertificateException e) {
      throw new ControlPlaneException("Can not encode the API server's certificate", e);
    }
  }

  private Optional<X509Certificate> authority() throws IOException {
    // The key is written last: without it, the certificate may be half there.
    if (!Files.exists(certificate()) || !Files.exists(data.pki().resolve("apiserver.key"))) {
      return Optional.empty();
    }
    try (InputStream in = Files.newInputStream(certificate())) {
      for (Certificate found : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        if (found instanceof X509Certificate certificate
            && certificate.getBasicConstraints() >= 0) {
          return Optional.of(certificate);
        }
      }
      return Optional.empty();
    } catch (CertificateException e) {
      throw new ControlPlaneException("Can not read " + certificate(), e);
    }
  }
}
