package dev.plinth;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Makes of valid files what slips, editors and crashes make of them; the same for the same seed.
 */
public final class Mutations {

  private static final int MOST_AT_ONCE = 4;
  private static final int LONGEST_CUT = 40;

  private static final List<String> PIECES =
      List.of(
          "\n",
          "\r\n",
          "\r",
          "\t",
          " ",
          "  ",
          ":",
          ": ",
          "- ",
          "-",
          "---\n",
          "\n---\n",
          "--- x\n",
          "...\n",
          "{",
          "}",
          "[",
          "]",
          ",",
          "\"",
          "'",
          "|",
          ">",
          "|\n",
          "&a ",
          "*a",
          "*a ",
          "<<: ",
          "!!int ",
          "!!binary ",
          "!x ",
          "!e!x ",
          "!",
          "#",
          " #",
          "? ",
          "%",
          "%YAML 3.0\n",
          "@",
          "`",
          "\\",
          "\\u",
          "\\x",
          "\\U",
          "\0",
          "\u0007",
          "\u001b[31m",
          "\u0085",
          "\u2028",
          "\uFEFF",
          "\u00a0",
          "\uD83D\uDE00",
          "~",
          "null",
          "yes",
          "010",
          "1e999",
          ".inf",
          ".nan",
          "0x",
          "99999999999999999999",
          "{{ .x }}",
          "%{X}%",
          "<<<<<<< HEAD\n",
          "=======\n",
          "{\"a\":1}",
          "apiVersion: v1\n",
          "kind: List\n",
          "items:\n",
          "metadata: {name: b}\n");

  private final List<byte[]> valid;
  private final Random random;

  /**
   * @param seed of all that is random
   * @param valid what is mutated
   */
  public Mutations(long seed, List<String> valid) {
    this.valid = valid.stream().map(it -> it.getBytes(UTF_8)).toList();
    this.random = new Random(seed);
  }

  /** The next one. */
  public byte[] next() {
    byte[] content = any();
    int mutations = 1 + random.nextInt(MOST_AT_ONCE);
    for (int i = 0; i < mutations; i++) {
      content = mutated(content);
    }
    return content;
  }

  private byte[] mutated(byte[] content) {
    if (content.length == 0) {
      return any();
    }
    int place = random.nextInt(content.length + 1);
    int end = Math.min(content.length, place + 1 + random.nextInt(LONGEST_CUT));
    return switch (random.nextInt(11)) {
      case 0 -> join(content, 0, place, new byte[0], end);
      case 1 -> Arrays.copyOf(content, place);
      case 2, 3 -> join(content, 0, place, piece(), place);
      case 4 -> join(content, 0, place, piece(), end);
      case 5 -> join(content, 0, end, Arrays.copyOfRange(content, place, end), end);
      case 6 -> withByte(content, place % content.length, (byte) random.nextInt(256));
      case 7 -> lines(content);
      case 8 -> spliced(content, place);
      case 9 -> join(content, 0, place, " ".repeat(random.nextInt(5)).getBytes(UTF_8), place);
      default -> repeated(content, place);
    };
  }

  /** A line moves, goes, or is there twice. */
  private byte[] lines(byte[] content) {
    List<String> lines = new ArrayList<>(new String(content, UTF_8).lines().toList());
    if (lines.isEmpty()) {
      return content;
    }
    String line = lines.get(random.nextInt(lines.size()));
    if (random.nextBoolean()) {
      lines.remove(line);
    }
    if (random.nextBoolean()) {
      lines.add(random.nextInt(lines.size() + 1), line);
    }
    return (String.join("\n", lines) + "\n").getBytes(UTF_8);
  }

  /** As a writer leaves it that ends while it overwrites an older file. */
  private byte[] spliced(byte[] content, int place) {
    byte[] other = any();
    return join(content, 0, place, other, content.length, random.nextInt(other.length));
  }

  private byte[] repeated(byte[] content, int place) {
    int times = 1 << random.nextInt(12);
    byte[] piece = new String(piece(), UTF_8).repeat(times).getBytes(UTF_8);
    return join(content, 0, place, piece, place);
  }

  private static byte[] withByte(byte[] content, int place, byte value) {
    byte[] changed = content.clone();
    changed[place] = value;
    return changed;
  }

  private static byte[] join(byte[] content, int from, int to, byte[] middle, int rest) {
    return join(content, from, to, middle, rest, 0);
  }

  private static byte[] join(
      byte[] content, int from, int to, byte[] middle, int rest, int middleFrom) {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    joined.write(content, from, to - from);
    joined.write(middle, middleFrom, middle.length - middleFrom);
    joined.write(content, rest, content.length - rest);
    return joined.toByteArray();
  }

  private byte[] any() {
    return valid.get(random.nextInt(valid.size()));
  }

  private byte[] piece() {
    return PIECES.get(random.nextInt(PIECES.size())).getBytes(UTF_8);
  }
}
