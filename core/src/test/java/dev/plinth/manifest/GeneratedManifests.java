package dev.plinth.manifest;

import java.util.List;
import java.util.Random;

/** Manifests from a grammar of scalars, styles and structures; the same for the same seed. */
final class GeneratedManifests {

  private static final List<String> WORDS =
      List.of(
          "a",
          "yes",
          "No",
          "on",
          "OFF",
          "true",
          "False",
          "null",
          "~",
          "Null",
          "y",
          "n",
          "x y",
          "it's",
          "say \"hi\"",
          "a:b",
          "a: b",
          "a #b",
          "a#b",
          "-a",
          "- a",
          "<<",
          "=",
          "@x",
          "%x",
          "`x`",
          "*a",
          "&a",
          "!x",
          "{x}",
          "[x]",
          "x,y",
          "|",
          ">",
          "?x",
          "? x",
          ":x",
          "x:",
          ".",
          "..",
          "---",
          "...",
          "",
          " ",
          " lead",
          "trail ",
          "two\nlines",
          "blank\n\nbetween",
          "\nfirst",
          "last\n",
          "last\n\n",
          "  deep\nshallow",
          "tab\tbed",
          "\ttab",
          "ä",
          "中文",
          "\uD83D\uDE00",
          "\u00a0",
          "C:\\x",
          "\\n",
          "/",
          "http://a.b:80/c?d=e&f#g",
          "2001-01-01",
          "12:30",
          "1.2.3",
          "::1",
          "10.43.0.0/16",
          ".inf",
          ".NaN",
          "1e3x",
          "0x",
          "0xG",
          "08x");

  private static final String DIGITS = "0123456789abcdefABCDEFxXoObB_+-.eE";

  private final Random random;

  GeneratedManifests(long seed) {
    this.random = new Random(seed);
  }

  String next() {
    StringBuilder text = new StringBuilder();
    int documents = 1 + random.nextInt(3);
    for (int document = 0; document < documents; document++) {
      text.append(
          document == 0 && random.nextBoolean() ? "" : pick("---\n", "--- # next\n", "---  \n"));
      text.append("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: m")
          .append(document)
          .append("\ndata:\n");
      int members = 1 + random.nextInt(5);
      for (int member = 0; member < members; member++) {
        text.append("  k").append(member).append(":");
        appendValue(text, 4, 3);
        comment(text);
      }
    }
    String manifest = text.toString();
    return random.nextInt(8) == 0 ? manifest.replace("\n", "\r\n") : manifest;
  }

  /** Appends a value behind a key's colon or a dash, and the end of its line. */
  private void appendValue(StringBuilder text, int indent, int depth) {
    switch (random.nextInt(depth == 0 ? 6 : 9)) {
      case 0, 1 -> text.append(' ').append(number()).append(lineEnd());
      case 2 -> text.append(' ').append(plain(word())).append(lineEnd());
      case 3 -> text.append(' ').append(quoted(word())).append(lineEnd());
      case 4 -> appendBlock(text, indent, word());
      case 5 -> text.append(' ').append(flow(2)).append(lineEnd());
      case 6, 7 -> appendMapping(text, indent, depth);
      default -> appendSequence(text, indent, depth);
    }
  }

  private void appendMapping(StringBuilder text, int indent, int depth) {
    text.append(lineEnd());
    int members = 1 + random.nextInt(3);
    for (int i = 0; i < members; i++) {
      String quote = pick("", "\"", "'");
      text.append(" ".repeat(indent)).append(quote).append('m').append(i).append(quote).append(':');
      appendValue(text, indent + 2, depth - 1);
    }
  }

  private void appendSequence(StringBuilder text, int indent, int depth) {
    text.append(lineEnd());
    int items = 1 + random.nextInt(3);
    for (int i = 0; i < items; i++) {
      text.append(" ".repeat(indent)).append('-');
      appendValue(text, indent + 2, depth - 1);
    }
  }

  /** Not with a first line that is blank or begins with a tab, another known difference. */
  private void appendBlock(StringBuilder text, int indent, String word) {
    String value = word.isBlank() || word.startsWith("\t") ? "text" : word;
    boolean needsIndicator = value.startsWith(" ") || value.startsWith("\n");
    text.append(' ').append(pick("|", ">"));
    text.append(needsIndicator ? "2" : "").append(pick("", "-", "+"));
    text.append(random.nextInt(5) == 0 ? " # comment\n" : "\n");
    for (String line : value.split("\n", -1)) {
      text.append(line.isEmpty() ? "" : " ".repeat(indent)).append(line).append('\n');
    }
  }

  private String flow(int depth) {
    StringBuilder text = new StringBuilder();
    boolean isSequence = random.nextBoolean();
    text.append(isSequence ? '[' : '{').append(pick("", " "));
    int members = random.nextInt(4);
    for (int i = 0; i < members; i++) {
      text.append(i == 0 ? "" : pick(",", ", ", " , "));
      text.append(isSequence ? "" : pick("f", "g") + i + ": ");
      text.append(
          switch (random.nextInt(depth == 0 ? 3 : 4)) {
            case 0 -> number();
            case 1 -> quoted(word());
            case 2 -> plainInFlow(word());
            default -> flow(depth - 1);
          });
    }
    return text.append(pick("", " ")).append(isSequence ? ']' : '}').toString();
  }

  private String number() {
    StringBuilder text = new StringBuilder(pick("", "", "", "-", "+"));
    text.append(pick("", "", "0", "0x", "0o", "0b", "1", "."));
    int length = 1 + random.nextInt(random.nextInt(4) == 0 ? 24 : 5);
    for (int i = 0; i < length; i++) {
      // Digits for the most part: most of the numbers should be numbers.
      int range = random.nextInt(5) == 0 ? DIGITS.length() : 10;
      text.append(DIGITS.charAt(random.nextInt(range)));
    }
    return text.toString();
  }

  /**
   * Not always a plain scalar in YAML's eyes; then both must refuse it, or read the same. Without
   * tabs at the beginning, which are among the known differences.
   */
  private static String plain(String value) {
    return value.replace("\n", " ").replaceFirst("^\t", "");
  }

  /** Without what else is known to be read differently in flow collections. */
  private static String plainInFlow(String value) {
    return value.equals("!x") ? "x" : plain(value).replace("?", "").replaceFirst(":$", "");
  }

  private String quoted(String value) {
    if (random.nextBoolean()) {
      return "'" + value.replace("'", "''").replace("\n", " ") + "'";
    }
    return DoubleQuotes.quote(value);
  }

  private void comment(StringBuilder text) {
    if (random.nextInt(6) == 0) {
      text.append(pick("# comment\n", "    # comment: x\n", "\n"));
    }
  }

  private String lineEnd() {
    return pick("\n", "\n", "\n", " # comment\n", "  \n");
  }

  private String word() {
    return WORDS.get(random.nextInt(WORDS.size()));
  }

  private String pick(String... choices) {
    return choices[random.nextInt(choices.length)];
  }
}
