package dev.plinth.helm.source;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.hash.Hashing;
import dev.plinth.helm.io.PrivateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Archives by their digests, and which archive a reference has led to last. Whoever can't show the
 * same credentials doesn't get what was fetched with them.
 */
final class ChartCache {
  private static final Logger LOG = LoggerFactory.getLogger(ChartCache.class);
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String KEY = "key";
  private static final int KEY_LENGTH = 32;
  private static final String ARCHIVES = "archives";
  private static final String REFERENCES = "references";

  private final PrivateDirectory archives;
  private final PrivateDirectory references;
  private final byte[] key;

  /**
   * An archive in the cache.
   *
   * @param digest SHA-256 in hexadecimal digits
   * @param origin where it came from, without credentials
   */
  record Kept(Path file, String digest, String origin) {}

  /** What is stored of a reference. */
  private record Record(String digest, String origin) {}

  private ChartCache(PrivateDirectory root) throws IOException {
    this.archives = root.directory(ARCHIVES);
    this.references = root.directory(REFERENCES);
    this.key = key(root);
  }

  static ChartCache open(Path directory) throws IOException {
    return new ChartCache(PrivateDirectory.at(directory));
  }

  /** The cache in a directory, if there is one; nothing is written to it by that. */
  static Optional<ChartCache> openIfThere(Path directory) throws IOException {
    boolean isThere =
        Files.isReadable(directory.resolve(KEY))
            && Files.size(directory.resolve(KEY)) == KEY_LENGTH
            && Files.isDirectory(directory.resolve(ARCHIVES))
            && Files.isDirectory(directory.resolve(REFERENCES));
    return isThere ? Optional.of(open(directory)) : Optional.empty();
  }

  /** So that names of files tell nothing about the credentials that are hashed into them. */
  private static byte[] key(PrivateDirectory root) throws IOException {
    Path file = root.file(KEY);
    if (!Files.exists(file) || Files.size(file) != KEY_LENGTH) {
      byte[] fresh = new byte[KEY_LENGTH];
      new SecureRandom().nextBytes(fresh);
      root.write(KEY, fresh);
    }
    return Files.readAllBytes(file);
  }

  /** The archive that a reference has led to last; empty if that is not known, or spoilt. */
  Optional<Kept> find(ChartReference reference, SourceAccess access) {
    Path file = references.file(name(reference, access));
    try {
      Record record = MAPPER.readValue(Files.readAllBytes(file), Record.class);
      Path archive = archives.file(record.digest() + ".tgz");
      if (Digests.of(Files.readAllBytes(archive)).equals(record.digest())) {
        return Optional.of(new Kept(archive, record.digest(), record.origin()));
      }
      LOG.warn("{} is not what it was when it was stored, and is fetched again", archive);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      LOG.warn("{} can not be read, and the chart is fetched again: {}", file, e.toString());
    }
    return Optional.empty();
  }

  Kept store(ChartReference reference, SourceAccess access, RemoteArchive archive)
      throws IOException {
    String digest = Digests.of(archive.content());
    Path file = archives.file(digest + ".tgz");
    if (!Files.exists(file) || !Digests.of(Files.readAllBytes(file)).equals(digest)) {
      archives.write(digest + ".tgz", archive.content());
    }
    references.write(
        name(reference, access), MAPPER.writeValueAsBytes(new Record(digest, archive.origin())));
    return new Kept(file, digest, archive.origin());
  }

  private String name(ChartReference reference, SourceAccess access) {
    var hasher = Hashing.hmacSha256(key).newHasher();
    for (String part :
        new String[] {
          identity(reference),
          access.basic().map(basic -> basic.username() + "\0" + basic.password()).orElse(""),
          access.clientCertificate().map(client -> client.key()).orElse(""),
          access.dockerConfig().orElse("")
        }) {
      byte[] bytes = part.getBytes(UTF_8);
      hasher.putInt(bytes.length).putBytes(bytes);
    }
    return HexFormat.of().formatHex(hasher.hash().asBytes()) + ".json";
  }

  private static String identity(ChartReference reference) {
    if (reference instanceof ChartReference.InRepository repository) {
      return String.join(
          "\n", repository.repository().toString(), repository.name(), repository.version());
    } else if (reference instanceof ChartReference.AtUrl url) {
      return url.url().toString();
    } else if (reference instanceof ChartReference.Inline inline) {
      return Digests.of(inline.archive());
    }
    return reference.toString();
  }
}
