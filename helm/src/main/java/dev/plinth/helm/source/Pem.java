package dev.plinth.helm.source;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Certificates and private keys in PEM, which Java has no reader for. Messages hold no content. */
final class Pem {
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]+)-----END \\1-----");

  private static final int SEQUENCE = 0x30;
  private static final int OCTET_STRING = 0x04;
  private static final int PARAMETERS = 0xa0;

  /** Version 0 of PKCS #8. */
  private static final byte[] VERSION = {2, 1, 0};

  /** AlgorithmIdentifier of RSA. */
  private static final byte[] RSA = {
    0x30, 0x0d, 6, 9, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 1, 1, 1, 5, 0
  };

  /** Object identifier of elliptic curve keys. */
  private static final byte[] EC = {6, 7, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 2, 1};

  private Pem() {}

  /**
   * @param what for the message
   */
  static List<X509Certificate> certificates(String pem, String what) throws ChartSourceException {
    List<X509Certificate> certificates = new ArrayList<>();
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      Matcher blocks = BLOCK.matcher(pem);
      while (blocks.find()) {
        if (blocks.group(1).endsWith("CERTIFICATE")) {
          certificates.add(
              (X509Certificate)
                  factory.generateCertificate(
                      new ByteArrayInputStream(blocks.group().getBytes(US_ASCII))));
        }
      }
    } catch (CertificateException e) {
      throw new ChartSourceException(what + ": expected certificates in PEM: " + e.getMessage());
    }
    if (certificates.isEmpty()) {
      throw new ChartSourceException(what + ": expected certificates in PEM, found none");
    }
    return certificates;
  }

  static PrivateKey key(String pem, String what) throws ChartSourceException {
    Matcher blocks = BLOCK.matcher(pem);
    while (blocks.find()) {
      String type = blocks.group(1);
      if (!type.endsWith("PRIVATE KEY")) {
        continue;
      }
      byte[] content;
      try {
        content = Base64.getMimeDecoder().decode(blocks.group(2));
        switch (type) {
          case "PRIVATE KEY":
            return key(content);
          case "RSA PRIVATE KEY":
            return key(sequence(VERSION, RSA, element(OCTET_STRING, content)));
          case "EC PRIVATE KEY":
            return key(
                sequence(VERSION, sequence(EC, curve(content)), element(OCTET_STRING, content)));
          default:
            throw new ChartSourceException(
                "%s: expected a private key without a password, found %s".formatted(what, type));
        }
      } catch (GeneralSecurityException | RuntimeException e) {
        throw new ChartSourceException(
            "%s: can not read the %s".formatted(what, type.toLowerCase(java.util.Locale.ROOT)));
      }
    }
    throw new ChartSourceException(what + ": expected a private key in PEM, found none");
  }

  private static PrivateKey key(byte[] pkcs8) throws GeneralSecurityException {
    for (String algorithm : List.of("RSA", "EC", "EdDSA")) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
      } catch (InvalidKeySpecException e) {
        continue; // a key of another algorithm: nothing but trying tells
      }
    }
    throw new InvalidKeySpecException("no known algorithm");
  }

  /** The curve's identifier, which an {@code EC PRIVATE KEY} has inside (RFC 5915). */
  private static byte[] curve(byte[] key) {
    int at = header(key, 0);
    while (at < key.length) {
      int content = header(key, at);
      int end = content + length(key, at);
      if ((key[at] & 0xff) == PARAMETERS) {
        return java.util.Arrays.copyOfRange(key, content, end);
      }
      at = end;
    }
    throw new IllegalArgumentException("no curve");
  }

  /** Where the content of the element at a position begins. */
  private static int header(byte[] der, int at) {
    int first = der[at + 1] & 0xff;
    return at + 2 + (first < 0x80 ? 0 : first & 0x7f);
  }

  private static int length(byte[] der, int at) {
    int first = der[at + 1] & 0xff;
    if (first < 0x80) {
      return first;
    }
    int length = 0;
    for (int i = 0; i < (first & 0x7f); i++) {
      length = length << 8 | der[at + 2 + i] & 0xff;
    }
    return length;
  }

  private static byte[] sequence(byte[]... parts) {
    java.io.ByteArrayOutputStream content = new java.io.ByteArrayOutputStream();
    for (byte[] part : parts) {
      content.writeBytes(part);
    }
    return element(SEQUENCE, content.toByteArray());
  }

  private static byte[] element(int tag, byte[] content) {
    java.io.ByteArrayOutputStream element = new java.io.ByteArrayOutputStream();
    element.write(tag);
    if (content.length < 0x80) {
      element.write(content.length);
    } else {
      element.write(0x82);
      element.write(content.length >> 8);
      element.write(content.length);
    }
    element.writeBytes(content);
    return element.toByteArray();
  }
}
