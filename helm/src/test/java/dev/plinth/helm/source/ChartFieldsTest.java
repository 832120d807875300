package dev.plinth.helm.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.helm.chart.TestArchive;
import dev.plinth.helm.source.ChartReference.InFile;
import dev.plinth.helm.source.ChartReference.Inline;
import dev.plinth.helm.source.ChartReference.Static;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChartFieldsTest {

  private static final byte[] WEB = TestArchive.of("web", "1.0.0").bytes();

  @TempDir Path directory;
  private ChartSources sources;

  @BeforeEach
  void open() throws Exception {
    Files.createDirectories(directory.resolve("static/sub"));
    Files.write(directory.resolve("static/web-1.0.0.tgz"), WEB);
    Files.write(directory.resolve("static/sub/web.tgz"), WEB);
    Files.write(directory.resolve("secret.tgz"), WEB);
    sources = new ChartSources(directory.resolve("cache"), directory.resolve("static"));
  }

  private static String describe(String chart, String repo, String version) throws Exception {
    ChartReference reference = new ChartFields(chart, repo, version, "").reference();
    return reference.getClass().getSimpleName() + " " + reference.describe();
  }

  @Test
  void fields_are_read_as_k3s_reads_them() throws Exception {
    assertThat(describe("web", "https://charts.example/x", "^1"))
        .isEqualTo("InRepository chart web ^1 of https://charts.example/x");
    assertThat(describe("https://h.example/web.tgz", "", "")).startsWith("AtUrl https://h.example");
    assertThat(describe("oci://h.example:5000/org/web", "", "1.0.0"))
        .isEqualTo("InRegistry oci://h.example:5000/org/web 1.0.0");
    assertThat(describe("oci://h.example/org/web:2.0.0", "", ""))
        .isEqualTo("InRegistry oci://h.example/org/web 2.0.0");
    assertThat(describe("web", "oci://h.example/org/", ""))
        .isEqualTo("InRegistry oci://h.example/org/web");
    assertThat(describe("stable/web", "", ""))
        .isEqualTo("InRepository chart web of https://charts.helm.sh/stable");
    assertThat(describe("https://%{KUBERNETES_API}%/static/charts/web.tgz", "", ""))
        .isEqualTo("Static static chart web.tgz");
  }

  @Test
  void what_names_no_chart_is_told_with_its_field_and_without_credentials() {
    assertThatThrownBy(() -> describe("", "https://x", "")).hasMessageStartingWith("chart: ");
    assertThatThrownBy(() -> describe("web", "", "")).hasMessageStartingWith("repo: ");
    assertThatThrownBy(() -> describe("web", "ftp://u:s3cret@x/", ""))
        .hasMessage("repo: expected http://HOST/... or https://HOST/..., found ftp://x/");
    assertThatThrownBy(() -> describe("https://u:s3 cret@x/", "", ""))
        .hasMessageStartingWith("chart: expected a URL, found https://x/");
    assertThatThrownBy(() -> describe("oci://u:s3cret@x/y", "", ""))
        .hasMessage("chart: expected oci://HOST/PATH, without user or digest, found oci://***@x/y");
    assertThatThrownBy(() -> describe("https://%{KUBERNETES_API}%/api/v1", "", ""))
        .hasMessageContaining("static/charts/FILE");
    assertThatThrownBy(() -> describe("oci://x/y:1.0.0", "", "2.0.0"))
        .hasMessageStartingWith("version: 2.0.0 differs");
    assertThatThrownBy(() -> new ChartFields("", "", "", "!!").reference())
        .hasMessageStartingWith("chartContent: expected base64");
  }

  @Test
  void content_files_and_static_charts_are_read_and_kept() throws Exception {
    String content = Base64.getMimeEncoder().encodeToString(WEB);
    ChartReference inline = new ChartFields("beaten", "", "", content).reference();
    assertThat(inline).isInstanceOf(Inline.class);
    String digest = Digests.of(WEB);
    SourceAccess access = SourceAccess.anonymous();
    assertThat(sources.fetch(inline, access).digest()).isEqualTo(digest);
    assertThat(sources.fetch(new Static("web-1.0.0.tgz"), access).digest()).isEqualTo(digest);
    assertThat(sources.fetch(new Static("sub/web.tgz"), access).digest()).isEqualTo(digest);
    FetchedChart chart = sources.fetch(new InFile(directory.resolve("secret.tgz")), access);
    assertThat(chart.digest()).isEqualTo(digest);
    assertThat(chart.file().startsWith(directory.resolve("cache"))).isTrue();
  }

  @Test
  void static_charts_are_where_they_are_and_nowhere_else() {
    SourceAccess access = SourceAccess.anonymous();
    assertThatThrownBy(() -> sources.fetch(new Static("../secret.tgz"), access))
        .hasMessage("chart: expected a file below static/charts, found ../secret.tgz");
    assertThatThrownBy(() -> sources.fetch(new Static("/etc/passwd"), access))
        .hasMessageContaining("expected a file below static/charts");
    assertThatThrownBy(() -> sources.fetch(new Static("web-2.0.0.tgz"), access))
        .hasMessageContaining("found no such file; its directory has web-1.0.0.tgz");
  }

  @Test
  void a_library_is_refused() {
    byte[] library =
        TestArchive.empty()
            .with("lib/Chart.yaml", "name: lib\nversion: 1.0.0\ntype: library\n")
            .bytes();
    assertThatThrownBy(() -> sources.fetch(new Inline(library), SourceAccess.anonymous()))
        .hasMessageContaining("found a library");
  }
}
