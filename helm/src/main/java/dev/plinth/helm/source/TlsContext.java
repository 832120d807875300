package dev.plinth.helm.source;

import dev.plinth.helm.source.SourceAccess.ClientCertificate;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/** Whom a source's connections trust, and as whom they show themselves. */
final class TlsContext {

  /** For key stores that exist in memory only. */
  private static final char[] NO_PASSWORD = new char[0];

  private TlsContext() {}

  /**
   * @param identified whether the client certificate is shown
   */
  static SSLContext of(SourceAccess access, boolean identified) throws ChartSourceException {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          identified && access.clientCertificate().isPresent()
              ? keys(access.clientCertificate().get())
              : null,
          access.insecureSkipTlsVerify()
              ? new TrustManager[] {new AnyCertificate()}
              : authorities(access.certificateAuthorities()).orElse(null),
          null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new ChartSourceException("Can not set TLS up: " + e.getMessage(), e);
    }
  }

  private static KeyManager[] keys(ClientCertificate client)
      throws ChartSourceException, GeneralSecurityException, IOException {
    KeyStore store = emptyStore();
    store.setKeyEntry(
        "client",
        Pem.key(client.key(), "tls.key"),
        NO_PASSWORD,
        Pem.certificates(client.certificate(), "tls.crt").toArray(X509Certificate[]::new));
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, NO_PASSWORD);
    return factory.getKeyManagers();
  }

  private static Optional<TrustManager[]> authorities(List<String> pems)
      throws ChartSourceException, GeneralSecurityException, IOException {
    if (pems.isEmpty()) {
      return Optional.empty();
    }
    KeyStore store = emptyStore();
    int number = 0;
    for (String pem : pems) {
      for (X509Certificate certificate : Pem.certificates(pem, "certificate authority")) {
        store.setCertificateEntry("authority-" + number++, certificate);
      }
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return Optional.of(factory.getTrustManagers());
  }

  private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  /** Verifies nothing, names of hosts included: who asks for {@code insecureSkipTLSVerify}. */
  private static final class AnyCertificate extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
