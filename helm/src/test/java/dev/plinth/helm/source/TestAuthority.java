package dev.plinth.helm.source;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A private certificate authority, by the JDK's keytool, with a server's and a client's keys. */
final class TestAuthority {
  private static final String PASSWORD = "password";

  private final Path store;
  private final KeyStore keys;

  TestAuthority(Path directory) throws IOException, InterruptedException, GeneralSecurityException {
    this.store = directory.resolve("keys.p12");
    generate("authority", "RSA", "-ext", "bc:c=ca:true", "-ext", "ku:c=keyCertSign");
    generate("server", "RSA", "-signer", "authority", "-ext", "san=ip:127.0.0.1");
    generate("client", "EC", "-signer", "authority");
    generate("stranger", "RSA", "-ext", "san=ip:127.0.0.1");
    keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD.toCharArray());
    }
  }

  String certificate(String alias) throws GeneralSecurityException {
    return pem("CERTIFICATE", keys.getCertificate(alias).getEncoded());
  }

  String key(String alias) throws GeneralSecurityException {
    return pem("PRIVATE KEY", keys.getKey(alias, PASSWORD.toCharArray()).getEncoded());
  }

  static String pem(String type, byte[] content) {
    return "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n"
        .formatted(
            type, Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII)).encodeToString(content));
  }

  /** For a server at 127.0.0.1 that knows this authority's clients. */
  SSLContext server() throws GeneralSecurityException, IOException {
    KeyStore own = KeyStore.getInstance("PKCS12");
    own.load(null, null);
    own.setKeyEntry(
        "server",
        keys.getKey("server", PASSWORD.toCharArray()),
        PASSWORD.toCharArray(),
        keys.getCertificateChain("server"));
    KeyManagerFactory identity =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    identity.init(own, PASSWORD.toCharArray());
    KeyStore authorities = KeyStore.getInstance("PKCS12");
    authorities.load(null, null);
    authorities.setCertificateEntry("authority", keys.getCertificate("authority"));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(authorities);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(identity.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  private void generate(String name, String algorithm, String... extensions)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of("-genkeypair", "-alias", name, "-keyalg", algorithm));
    command.addAll(List.of("-validity", "365", "-dname", "CN=" + name));
    command.addAll(List.of(extensions));
    command.addAll(List.of("-keystore", store.toString(), "-storepass", PASSWORD));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), US_ASCII);
    if (process.waitFor() != 0) {
      throw new IOException(command + ": " + output);
    }
  }
}
