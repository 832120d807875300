package dev.plinth.manifest;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.Canary;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Files as users drop them by mistake, each with what it has to lead to beside it, in {@code
 * <file>.expected}: every object with its place, or every message.
 */
class ManifestCorpusTest {

  private static final String EXPECTED = ".expected";
  private static final Duration LONGEST = Duration.ofSeconds(5);

  @TestFactory
  Stream<DynamicTest> leadsToWhatIsExpected() throws Exception {
    return files().stream()
        .map(file -> DynamicTest.dynamicTest(name(file), () -> assertOutcome(file)));
  }

  @Test
  void hasFilesOfEachSort() throws Exception {
    List<Path> files = files();

    assertThat(files).hasSizeGreaterThan(600);
    assertThat(files.stream().map(file -> file.getParent().getFileName().toString()).distinct())
        .containsExactlyInAnyOrder(
            "aliases",
            "binary",
            "deep",
            "duplicates",
            "encoding",
            "foreign",
            "json",
            "kinds",
            "lines",
            "malformed",
            "names",
            "secrets",
            "tabs",
            "traps",
            "types");
  }

  /** Otherwise an expectation could be left behind that nothing shows. */
  @Test
  void hasAFileForEachExpectation() throws Exception {
    try (Stream<Path> all = Files.walk(corpus())) {
      assertThat(all.filter(it -> it.toString().endsWith(EXPECTED)))
          .hasSameSizeAs(files())
          .allSatisfy(
              it -> assertThat(Path.of(it.toString().replace(EXPECTED, ""))).isRegularFile());
    }
  }

  private static void assertOutcome(Path file) throws IOException {
    byte[] content = Files.readAllBytes(file);
    String expected = Files.readString(Path.of(file + EXPECTED));

    String outcome =
        Assertions.assertTimeoutPreemptively(LONGEST, () -> outcome(name(file), content));

    assertThat(outcome).isEqualTo(expected);
    assertThat(Canary.isIn(outcome) && !outcome.startsWith("read"))
        .as("a secret value is in: %s", outcome)
        .isFalse();
  }

  /** All that the file leads to, a line for each object or message. */
  static String outcome(String name, byte[] content) {
    try {
      return lines(
          "read",
          new ManifestParser()
              .parse(name, content).stream().map(ManifestCorpusTest::describe).toList());
    } catch (ManifestException e) {
      return lines(
          "refused",
          e.problems().stream().map(it -> it.toString().substring(name.length() + 1)).toList());
    }
  }

  private static String lines(String verdict, List<String> details) {
    return Stream.concat(Stream.of("%s: %d".formatted(verdict, details.size())), details.stream())
        .collect(joining("\n", "", "\n"));
  }

  private static String describe(ManifestDocument object) {
    return "%d:%d: %s"
        .formatted(object.location().line(), object.location().column(), object.content());
  }

  private static List<Path> files() throws IOException, URISyntaxException {
    try (Stream<Path> all = Files.walk(corpus())) {
      return all.filter(Files::isRegularFile)
          .filter(it -> !it.toString().endsWith(EXPECTED))
          .sorted()
          .toList();
    }
  }

  private static Path corpus() throws URISyntaxException {
    return Path.of(ManifestCorpusTest.class.getResource("corpus").toURI());
  }

  private static String name(Path file) {
    return file.getParent().getFileName() + "/" + file.getFileName();
  }
}
