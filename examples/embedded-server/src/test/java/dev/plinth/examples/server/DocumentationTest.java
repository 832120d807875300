package dev.plinth.examples.server;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The Java code that the documentation shows is code that is compiled and run. */
class DocumentationTest {

  private static final Path ROOT = Path.of("../..");
  private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  @TestFactory
  Stream<DynamicTest> shown_code_stands_in_a_source_file() throws IOException {
    String sources = withoutLayout(allSources());
    return Stream.of("README.md", "docs/testing.md", "docs/writing-an-add-on.md")
        .flatMap(page -> blocks(page).map(block -> test(page, block, sources)));
  }

  private static DynamicTest test(String page, String block, String sources) {
    String title = page + ": " + block.lines().findFirst().orElseThrow();
    // The sources themselves are no part of the message: there are megabytes of them.
    return DynamicTest.dynamicTest(
        title,
        () ->
            assertThat(sources.contains(withoutLayout(block)))
                .as("this code stands in a source file: %s", block)
                .isTrue());
  }

  private static Stream<String> blocks(String page) {
    try {
      return JAVA.matcher(Files.readString(ROOT.resolve(page))).results().map(it -> it.group(1));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String allSources() throws IOException {
    try (Stream<Path> files = Files.walk(ROOT)) {
      return files
          .filter(it -> it.toString().endsWith(".java") && it.toString().contains("/src/"))
          .map(DocumentationTest::read)
          .collect(joining("\n"));
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String withoutLayout(String code) {
    return code.replaceAll("\\s+", " ").strip();
  }
}
