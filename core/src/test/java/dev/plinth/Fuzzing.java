package dev.plinth;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assertions;

/**
 * Hands one mutated file after the other to a reader, for a while: each has to be read or refused,
 * soon, and without a word of what is secret.
 */
public final class Fuzzing {

  private static final long SEED = 20261124;
  private static final Duration SLOWEST = Duration.ofSeconds(3);
  private static final int FEWEST = 200;

  private Fuzzing() {}

  /** Reads a file. */
  @FunctionalInterface
  public interface Reader {
    /**
     * Reads it.
     *
     * @return what the user is told if it is refused; empty if it is read
     */
    Optional<String> read(byte[] content) throws Exception;
  }

  /**
   * Tries.
   *
   * @param length how long
   * @param valid files without a fault
   * @param reader what is tried
   */
  public static void run(Duration length, List<String> valid, Reader reader) {
    Mutations mutations = new Mutations(SEED, valid);
    long end = System.nanoTime() + length.toNanos();
    int tried = 0;
    int refused = 0;
    while (System.nanoTime() < end || tried < FEWEST) {
      byte[] content = mutations.next();
      refused += isRefused(tried++, content, reader) ? 1 : 0;
    }
    // Otherwise either all of the mutations would be harmless, or all of them nonsense.
    assertThat(refused)
        .as("%d refused of %d", refused, tried)
        .isBetween(tried / 20, tried * 19 / 20);
  }

  private static boolean isRefused(int number, byte[] content, Reader reader) {
    try {
      Optional<String> message =
          Assertions.assertTimeoutPreemptively(SLOWEST, () -> reader.read(content));
      assertThat(message.filter(Canary::isIn)).isEmpty();
      return message.isPresent();
    } catch (Throwable e) {
      throw new AssertionError(
          "File %d, in base64: %s".formatted(number, Base64.getEncoder().encodeToString(content)),
          e);
    }
  }
}
