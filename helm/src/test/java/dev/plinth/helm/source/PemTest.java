package dev.plinth.helm.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PemTest {

  @Test
  void keys_of_each_kind_in_pkcs8() throws Exception {
    for (String algorithm : new String[] {"RSA", "EC", "Ed25519"}) {
      PrivateKey key = KeyPairGenerator.getInstance(algorithm).generateKeyPair().getPrivate();
      assertThat(Pem.key(TestAuthority.pem("PRIVATE KEY", key.getEncoded()), "tls.key"))
          .isEqualTo(key);
    }
  }

  @Test
  void rsa_keys_in_pkcs1() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    PrivateKey key = generator.generateKeyPair().getPrivate();
    // PKCS #8 of RSA is 26 bytes in front of PKCS #1, if that takes two bytes to say its length.
    byte[] pkcs1 = Arrays.copyOfRange(key.getEncoded(), 26, key.getEncoded().length);
    assertThat(Pem.key(TestAuthority.pem("RSA PRIVATE KEY", pkcs1), "tls.key")).isEqualTo(key);
  }

  @Test
  void elliptic_curve_keys_in_sec1() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    PrivateKey key = generator.generateKeyPair().getPrivate();
    byte[] secret = ((java.security.interfaces.ECPrivateKey) key).getS().toByteArray();
    byte[] scalar = new byte[32];
    int from = Math.max(0, secret.length - 32);
    System.arraycopy(secret, from, scalar, 32 - (secret.length - from), secret.length - from);
    ByteArrayOutputStream sec1 = new ByteArrayOutputStream();
    sec1.writeBytes(new byte[] {0x30, 49, 2, 1, 1, 4, 32});
    sec1.writeBytes(scalar);
    byte[] secp256r1 = {6, 8, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 3, 1, 7};
    sec1.writeBytes(new byte[] {(byte) 0xa0, (byte) secp256r1.length});
    sec1.writeBytes(secp256r1);
    PrivateKey read = Pem.key(TestAuthority.pem("EC PRIVATE KEY", sec1.toByteArray()), "tls.key");
    assertThat(((java.security.interfaces.ECPrivateKey) read).getS())
        .isEqualTo(((java.security.interfaces.ECPrivateKey) key).getS());
  }

  @Test
  void what_can_not_be_read_is_told_without_its_content() {
    assertThatThrownBy(() -> Pem.key("nothing", "tls.key"))
        .hasMessage("tls.key: expected a private key in PEM, found none");
    String encrypted = TestAuthority.pem("ENCRYPTED PRIVATE KEY", new byte[] {1, 2});
    assertThatThrownBy(() -> Pem.key(encrypted, "tls.key"))
        .hasMessage(
            "tls.key: expected a private key without a password, found ENCRYPTED PRIVATE KEY");
    assertThatThrownBy(() -> Pem.key(TestAuthority.pem("PRIVATE KEY", new byte[] {1}), "tls.key"))
        .hasMessage("tls.key: can not read the private key");
  }
}
