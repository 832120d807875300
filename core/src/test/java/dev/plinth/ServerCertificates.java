package dev.plinth;

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

/**
 * Certificates for an API server on 127.0.0.1, of an authority of one's own; by the JDK's keytool.
 */
final class ServerCertificates {

  private static final String PASSWORD = "password";
  private static final List<String> KEYS =
      List.of("-keyalg", "EC", "-groupname", "secp256r1", "-validity", "365");

  private final Path directory;
  private int issued;

  /**
   * Makes an authority.
   *
   * @param directory an empty one, for its files
   */
  ServerCertificates(Path directory) throws IOException, InterruptedException {
    this.directory = directory;
    generate("authority", "-ext", "bc:c=ca:true", "-ext", "ku:c=keyCertSign,digitalSignature");
  }

  /** The authority's own certificate, as PEM. */
  String authority() throws IOException, InterruptedException {
    Path file = directory.resolve("authority.crt");
    keytool("-exportcert", "-rfc", "-alias", "authority", "-file", file.toString());
    return Files.readString(file);
  }

  /** Issues a certificate, and puts it with its key where the API server looks for them. */
  void issueTo(Path pki) throws IOException, InterruptedException, GeneralSecurityException {
    String name = "server-" + ++issued;
    String request = directory.resolve(name + ".csr").toString();
    Path certificate = directory.resolve(name + ".crt");
    generate(name);
    keytool("-certreq", "-alias", name, "-file", request);
    keytool(
        "-gencert",
        "-rfc",
        "-alias",
        "authority",
        "-validity",
        "365",
        "-ext",
        "san=ip:127.0.0.1",
        "-ext",
        "eku=serverAuth",
        "-infile",
        request,
        "-outfile",
        certificate.toString());
    Files.createDirectories(pki);
    Files.writeString(pki.resolve("apiserver.crt"), Files.readString(certificate) + authority());
    Files.writeString(pki.resolve("apiserver.key"), key(name));
  }

  private void generate(String name, String... extensions)
      throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of("-genkeypair", "-alias", name));
    arguments.addAll(KEYS);
    arguments.addAll(List.of("-dname", "CN=" + name));
    arguments.addAll(List.of(extensions));
    keytool(arguments.toArray(String[]::new));
  }

  private String key(String name) throws IOException, GeneralSecurityException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(keyStore())) {
      keys.load(in, PASSWORD.toCharArray());
    }
    byte[] key = keys.getKey(name, PASSWORD.toCharArray()).getEncoded();
    return "-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----\n"
        .formatted(Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII)).encodeToString(key));
  }

  private void keytool(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments));
    command.addAll(List.of("-keystore", keyStore().toString(), "-storepass", PASSWORD));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), US_ASCII);
    if (process.waitFor() != 0) {
      throw new IOException(command + ": " + output);
    }
  }

  private Path keyStore() {
    return directory.resolve("keys.p12");
  }
}
