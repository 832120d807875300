package dev.plinth.helm.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.helm.chart.TestArchive;
import dev.plinth.helm.source.ChartReference.InRepository;
import dev.plinth.helm.source.ChartReference.Packaged;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where a packaged chart is looked for, and in which order. */
class PackagedChartTest {

  private static final SourceAccess ANYBODY = SourceAccess.anonymous();
  private static final byte[] FROM_REPOSITORY = archive("from the repository");
  private static final byte[] FROM_CLASS_PATH = archive("from the class path");
  private static final byte[] FROM_DIRECTORY = archive("from the directory");

  @TempDir Path directory;
  private TestServer repository;
  private URLClassLoader classPath;
  private ChartSources sources;

  @BeforeEach
  void start() throws Exception {
    repository = TestServer.http();
    serve(FROM_REPOSITORY);
    Path classes = Files.createDirectories(directory.resolve("classes"));
    classPath = new URLClassLoader(new URL[] {classes.toUri().toURL()}, null);
    sources =
        new ChartSources(directory.resolve("cache"), directory.resolve("static/charts"), classPath);
  }

  @AfterEach
  void stop() throws Exception {
    repository.close();
    classPath.close();
  }

  @Test
  void the_directory_comes_before_the_class_path_and_that_before_the_repository() throws Exception {
    assertThat(fetched(chart())).isEqualTo(FROM_REPOSITORY);

    write("classes/META-INF/plinth/charts/web-1.2.0.tgz", FROM_CLASS_PATH);
    assertThat(fetched(chart())).isEqualTo(FROM_CLASS_PATH);

    write("static/charts/web-1.2.0.tgz", FROM_DIRECTORY);
    assertThat(fetched(chart())).isEqualTo(FROM_DIRECTORY);

    Files.delete(directory.resolve("static/charts/web-1.2.0.tgz"));
    assertThat(fetched(chart())).isEqualTo(FROM_CLASS_PATH);
  }

  @Test
  void what_was_downloaded_once_needs_no_network() throws Exception {
    fetched(chart());
    repository.close();

    assertThat(fetched(chart())).isEqualTo(FROM_REPOSITORY);
  }

  @Test
  void a_broken_archive_in_the_directory_is_told_and_none_taken_in_its_place() throws Exception {
    write("static/charts/web-1.2.0.tgz", "no archive".getBytes(UTF_8));

    assertThatThrownBy(() -> fetched(chart()))
        .isInstanceOf(ChartSourceException.class)
        .hasMessageContaining("static/charts/web-1.2.0.tgz");
  }

  @Test
  void an_archive_of_another_version_under_this_name_is_told() throws Exception {
    write("static/charts/web-1.2.0.tgz", TestArchive.of("web", "1.3.0").bytes());

    assertThatThrownBy(() -> fetched(chart()))
        .isInstanceOf(ChartSourceException.class)
        .hasMessageContaining("expected the chart web 1.2.0, found web 1.3.0");
  }

  @Test
  void a_chart_that_is_nowhere_names_the_three_places() throws Exception {
    URI nobody;
    try (ServerSocket socket = new ServerSocket(0)) {
      nobody = URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/charts");
    }
    Packaged chart = new Packaged(nobody, "web", "1.2.0", Optional.empty());

    assertThatThrownBy(() -> fetched(chart))
        .isInstanceOfSatisfying(
            ChartSourceException.class, it -> assertThat(it.isUnreachable()).isTrue())
        .hasMessage(
            "chart web 1.2.0 is neither in %s, nor on the class path as"
                + " META-INF/plinth/charts/web-1.2.0.tgz, nor to be had: %s/index.yaml can not be"
                + " reached: connection refused",
            directory.resolve("static/charts/web-1.2.0.tgz"), nobody);
  }

  @Test
  void an_archive_that_is_put_there_later_is_found_without_a_restart() throws Exception {
    repository.close();
    assertThatThrownBy(() -> fetched(chart())).isInstanceOf(ChartSourceException.class);

    write("static/charts/web-1.2.0.tgz", FROM_DIRECTORY);

    assertThat(fetched(chart())).isEqualTo(FROM_DIRECTORY);
  }

  @Test
  void a_download_must_have_the_digest_of_the_index() throws Exception {
    serve(FROM_REPOSITORY, Digests.of(FROM_DIRECTORY));

    assertThatThrownBy(() -> fetched(chart()))
        .isInstanceOf(ChartSourceException.class)
        .hasMessageContaining(Digests.of(FROM_DIRECTORY))
        .hasMessageContaining(Digests.of(FROM_REPOSITORY));
  }

  @Test
  void a_download_must_have_the_digest_that_is_pinned() throws Exception {
    fetched(chart()); // now it is in the cache, where nobody has looked at its digest

    assertThatThrownBy(() -> fetched(chartWith(Digests.of(FROM_DIRECTORY))))
        .isInstanceOf(ChartSourceException.class)
        .hasMessageContaining(Digests.of(FROM_DIRECTORY));

    serve(FROM_DIRECTORY);
    assertThat(fetched(chartWith(Digests.of(FROM_DIRECTORY)))).isEqualTo(FROM_DIRECTORY);
  }

  @Test
  void a_chart_is_packaged_only_if_it_asks_for_that() throws Exception {
    InRepository plain = new InRepository(URI.create("https://example.com"), "web", "1.2.0");

    assertThat(PackagedCharts.of(plain, null)).isSameAs(plain);
    assertThat(PackagedCharts.of(plain, Map.of("plinth.dev/packaged-chart", "false")))
        .isSameAs(plain);
    assertThat(PackagedCharts.of(plain, Map.of("plinth.dev/packaged-chart", "true")))
        .isEqualTo(new Packaged(plain.repository(), "web", "1.2.0", Optional.empty()));
    assertThat(
            PackagedCharts.of(
                plain,
                Map.of(
                    "plinth.dev/packaged-chart",
                    "true",
                    "plinth.dev/chart-digest",
                    "sha256:" + "ab".repeat(32))))
        .isEqualTo(new Packaged(plain.repository(), "web", "1.2.0", Optional.of("ab".repeat(32))));
  }

  @Test
  void annotations_that_make_no_sense_are_refused_with_their_name() {
    InRepository plain = new InRepository(URI.create("https://example.com"), "web", "1.2.0");
    InRepository range = new InRepository(URI.create("https://example.com"), "web", "^1");

    refused(plain, Map.of("plinth.dev/packaged-chart", "yes"))
        .hasMessage(
            "annotation plinth.dev/packaged-chart: expected \"true\" or \"false\", found \"yes\"");
    refused(range, Map.of("plinth.dev/packaged-chart", "true"))
        .hasMessage(
            "annotation plinth.dev/packaged-chart: expected a chart of a repository with an exact"
                + " version, found chart web ^1 of https://example.com");
    refused(plain, Map.of("plinth.dev/chart-digest", "sha256:" + "ab".repeat(32)))
        .hasMessageContaining("expected plinth.dev/packaged-chart: \"true\" beside it");
    refused(
            plain,
            Map.of("plinth.dev/packaged-chart", "true", "plinth.dev/chart-digest", "sha256:12"))
        .hasMessage(
            "annotation plinth.dev/chart-digest: expected sha256: and 64 hexadecimal digits, found"
                + " \"sha256:12\"");
  }

  private static org.assertj.core.api.AbstractThrowableAssert<?, ?> refused(
      ChartReference reference, Map<String, String> annotations) {
    return assertThatThrownBy(() -> PackagedCharts.of(reference, annotations))
        .isInstanceOf(ChartSourceException.class);
  }

  private byte[] fetched(Packaged chart) throws Exception {
    return Files.readAllBytes(sources.fetch(chart, ANYBODY).file());
  }

  private Packaged chart() {
    return new Packaged(repository.uri("/charts"), "web", "1.2.0", Optional.empty());
  }

  private Packaged chartWith(String digest) {
    return new Packaged(repository.uri("/charts"), "web", "1.2.0", Optional.of(digest));
  }

  private void write(String path, byte[] content) throws Exception {
    Path file = directory.resolve(path);
    Files.createDirectories(file.getParent());
    Files.write(file, content);
  }

  private void serve(byte[] archive) {
    serve(archive, Digests.of(archive));
  }

  private void serve(byte[] archive, String digest) {
    repository.serve(
        "/charts/index.yaml",
        """
        apiVersion: v1
        entries:
          web:
            - {name: web, version: 1.2.0, digest: %s, urls: [web-1.2.0.tgz]}
        """
            .formatted(digest)
            .getBytes(UTF_8));
    repository.serve("/charts/web-1.2.0.tgz", archive);
  }

  private static byte[] archive(String notes) {
    return TestArchive.of("web", "1.2.0").with("web/templates/NOTES.txt", notes).bytes();
  }
}
