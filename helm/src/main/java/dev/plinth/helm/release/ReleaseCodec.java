package dev.plinth.helm.release;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** The text that Helm stores a release as: base64 of JSON, compressed since Helm 2.7. */
final class ReleaseCodec {

  /** No release is larger: etcd takes 1.5 MiB, and manifests compress about ten to one. */
  private static final int LARGEST_DOCUMENT = 256 << 20;

  private final ObjectMapper mapper =
      JsonMapper.builder()
          .enable(com.fasterxml.jackson.databind.DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  /**
   * @throws IOException if the text is no release
   */
  ObjectNode decode(String text) throws IOException {
    byte[] stored;
    try {
      stored = Base64.getMimeDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw new IOException("is not base64", e);
    }
    boolean compressed = stored.length > 3 && stored[0] == 0x1f && stored[1] == (byte) 0x8b;
    JsonNode document = mapper.readTree(compressed ? decompress(stored) : stored);
    if (!(document instanceof ObjectNode release)) {
      throw new IOException("holds no JSON object");
    }
    return release;
  }

  private static byte[] decompress(byte[] stored) throws IOException {
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(stored))) {
      byte[] document = in.readNBytes(LARGEST_DOCUMENT + 1);
      if (document.length > LARGEST_DOCUMENT) {
        throw new IOException("is larger than " + (LARGEST_DOCUMENT >> 20) + " MiB");
      }
      return document;
    }
  }

  String encode(ObjectNode document) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(mapper.writeValueAsBytes(document));
    } catch (IOException e) {
      throw new UncheckedIOException(e); // not with memory as the target
    }
    return new String(Base64.getEncoder().encode(bytes.toByteArray()), US_ASCII);
  }
}
