package dev.plinth.files;

import com.google.common.hash.HashCode;
import com.google.common.hash.Hashing;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Reads one file that somebody may be writing: what it holds counts once two looks, a moment apart,
 * see the same. Belongs to one task; not thread-safe.
 */
public final class FileReading {

  /** Time between two looks that must see the same. */
  public static final Duration APART = Duration.ofMillis(20);

  private final Path file;
  private final int mostBytes;
  private final InstantSource clock;
  private Optional<Sight> last = Optional.empty();
  private Optional<Look> settled = Optional.empty();
  private long settledAt;

  /**
   * @param file what to read; symbolic links are followed
   * @param mostBytes larger ones are not read
   */
  public FileReading(Path file, int mostBytes, InstantSource clock) {
    this.file = file;
    this.mostBytes = mostBytes;
    this.clock = clock;
  }

  /** What a look comes to. */
  public sealed interface Look {

    /** Look again after that time. */
    record Unsettled(Duration again) implements Look {}

    /**
     * The content.
     *
     * @param content the file's bytes
     * @param since when it was seen first like this
     */
    record Content(byte[] content, Instant since) implements Look {}

    /**
     * It cannot be read.
     *
     * @param problem what is wrong and what is expected, without the path
     * @param since when it was seen first like this
     */
    record Unreadable(String problem, Instant since) implements Look {}
  }

  /** What is the same as long as nobody writes. */
  private record Sight(
      long size,
      Optional<FileTime> modified,
      Optional<HashCode> hash,
      String problem,
      Instant first) {

    boolean isSame(Sight other) {
      return size == other.size
          && modified.equals(other.modified)
          && hash.equals(other.hash)
          && problem.equals(other.problem);
    }
  }

  /**
   * Looks.
   *
   * @param look the number of the look that found a possible change last: if it is that of the last
   *     settled result, this is given again without reading
   */
  public Look look(long look) {
    if (settled.isPresent() && settledAt == look) {
      return settled.get();
    }
    return lookAnew(look);
  }

  /** Looks, whether or not anything hints at a change. */
  public Look lookAnew(long look) {
    Instant now = clock.instant();
    byte[] content = {};
    Sight sight;
    try {
      FileStamp stamp = FileStamp.of(file);
      Optional<String> refusal = refusal(stamp);
      if (refusal.isEmpty()) {
        content = read();
        stamp = FileStamp.of(file);
        refusal = refusal(stamp);
      }
      sight =
          new Sight(
              stamp.size(),
              Optional.of(stamp.modified()),
              Optional.of(Hashing.sha256().hashBytes(content)),
              refusal.orElse(""),
              now);
    } catch (IOException e) {
      sight = new Sight(0, Optional.empty(), Optional.empty(), reason(e), now);
    }
    return judge(sight, content, look, now);
  }

  private Look judge(Sight sight, byte[] content, long look, Instant now) {
    Sight known = last.filter(sight::isSame).orElse(sight);
    last = Optional.of(known);
    Duration seen = Duration.between(known.first(), now);
    if (seen.compareTo(APART) < 0) {
      // Also if the clock was set back: then this look is the first one.
      last = seen.isNegative() ? Optional.of(sight) : last;
      return new Look.Unsettled(seen.isNegative() ? APART : APART.minus(seen));
    }
    Look result =
        sight.problem().isEmpty()
            ? new Look.Content(content, known.first())
            : new Look.Unreadable(sight.problem(), known.first());
    settled = Optional.of(result).filter(Look.Content.class::isInstance);
    settledAt = look;
    return result;
  }

  private Optional<String> refusal(FileStamp stamp) {
    if (!stamp.regular()) {
      return Optional.of("it is no regular file");
    }
    return stamp.size() > mostBytes
        ? Optional.of("found %d bytes, expected at most %d".formatted(stamp.size(), mostBytes))
        : Optional.empty();
  }

  /** Never more than is allowed, however fast it grows. */
  private byte[] read() throws IOException {
    try (InputStream stream = Files.newInputStream(file)) {
      return stream.readNBytes(mostBytes);
    }
  }

  private String reason(IOException e) {
    if (e instanceof AccessDeniedException) {
      return "this process may not read it";
    } else if (e instanceof NoSuchFileException) {
      return Files.isSymbolicLink(file)
          ? "it is a symbolic link that leads to no file"
          : "it is not there any more";
    }
    return String.valueOf(e.getMessage());
  }
}
