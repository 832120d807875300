package dev.plinth.helm.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.helm.chart.TestArchive;
import dev.plinth.helm.source.ChartReference.AtUrl;
import dev.plinth.helm.source.ChartReference.InRepository;
import dev.plinth.helm.source.TestServer.Seen;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Repositories and archives over HTTPS, with an authority of the test's own. */
class HttpSourceTest {

  private static final byte[] OLD = TestArchive.of("web", "1.0.0").bytes();
  private static final byte[] NEW = TestArchive.of("web", "1.2.0").bytes();
  private static final String BASIC = Authorization.basic("ann", "s3cret-pw");

  @TempDir static Path keys;
  private static TestAuthority authority;

  @TempDir Path directory;
  private TestServer server;
  private ChartSources sources;
  private SourceAccess trusting;

  @BeforeAll
  static void makeAuthority() throws Exception {
    authority = new TestAuthority(keys);
  }

  @BeforeEach
  void start() throws Exception {
    server = TestServer.https(authority.server());
    server.serve("/charts/index.yaml", index("web-1.0.0.tgz", "web-1.2.0.tgz"));
    server.serve("/charts/web-1.0.0.tgz", OLD);
    server.serve("/charts/web-1.2.0.tgz", NEW);
    sources = new ChartSources(directory.resolve("cache"), directory.resolve("static"));
    trusting =
        SourceAccess.anonymous()
            .withCertificateAuthorities(List.of(authority.certificate("authority")));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static byte[] index(String oldUrl, String newUrl) {
    return """
    apiVersion: v1
    entries:
      web:
        - {name: web, version: 1.2.0, digest: "%s", urls: ["%s"]}
        - {name: web, version: 1.0.0, digest: "%s", urls: ["%s"]}
        - {name: web, version: 2.0.0-rc1, urls: [nowhere.tgz]}
      webhook:
        - {name: webhook, version: 1.0.0, urls: [nowhere.tgz]}
    """
        .formatted(Digests.of(NEW), newUrl, Digests.of(OLD), oldUrl)
        .getBytes(UTF_8);
  }

  private InRepository web(String version) {
    return new InRepository(server.uri("/charts"), "web", version);
  }

  private List<String> paths() {
    return server.seen().stream().map(Seen::path).toList();
  }

  @Test
  void the_newest_release_the_newest_that_fits_and_an_exact_version() throws Exception {
    FetchedChart newest = sources.fetch(web(""), trusting);
    assertThat(newest.chart().metadata().version()).isEqualTo("1.2.0");
    assertThat(newest.digest()).isEqualTo(Digests.of(NEW));
    assertThat(newest.origin()).isEqualTo(server.uri("/charts/web-1.2.0.tgz").toString());
    assertThat(Files.readAllBytes(newest.file())).isEqualTo(NEW);
    assertThat(sources.fetch(web("~1.0"), trusting).chart().metadata().version())
        .isEqualTo("1.0.0");
    assertThat(sources.fetch(web("1.0.0"), trusting).chart().metadata().version())
        .isEqualTo("1.0.0");
  }

  @Test
  void an_exact_version_is_asked_for_once_even_after_a_restart() throws Exception {
    sources.fetch(web("1.0.0"), trusting);
    server.close();
    ChartSources restarted =
        new ChartSources(directory.resolve("cache"), directory.resolve("static"));
    FetchedChart again = restarted.fetch(web("1.0.0"), trusting);
    assertThat(again.outdated()).isEmpty();
    assertThat(Files.readAllBytes(again.file())).isEqualTo(OLD);
  }

  @Test
  void what_may_change_is_asked_for_again_and_kept_for_an_outage() throws Exception {
    sources.fetch(web(""), trusting);
    sources.fetch(web(""), trusting);
    assertThat(paths()).filteredOn("/charts/index.yaml"::equals).hasSize(2);
    server.close();
    FetchedChart last = sources.fetch(web(""), trusting);
    assertThat(last.chart().metadata().version()).isEqualTo("1.2.0");
    assertThat(last.outdated().orElseThrow())
        .contains(server.uri("/charts/index.yaml") + " can not be reached");
  }

  @Test
  void the_cache_is_private_and_a_spoilt_archive_is_fetched_again() throws Exception {
    FetchedChart chart = sources.fetch(web("1.0.0"), trusting);
    try (Stream<Path> files = Files.walk(directory.resolve("cache"))) {
      assertThat(files)
          .allSatisfy(
              file ->
                  assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                      .isEqualTo(Files.isDirectory(file) ? "rwx------" : "rw-------"));
    }
    Files.writeString(chart.file(), "spoilt");
    assertThat(Files.readAllBytes(sources.fetch(web("1.0.0"), trusting).file())).isEqualTo(OLD);
  }

  @Test
  void what_was_fetched_with_credentials_is_not_given_without_them() throws Exception {
    server.demand(BASIC);
    sources.fetch(web("1.0.0"), trusting.withBasic("ann", "s3cret-pw"));
    assertThatThrownBy(() -> sources.fetch(web("1.0.0"), trusting))
        .hasMessageContaining("expected status 200, found 401 without authSecret");
    assertThatThrownBy(() -> sources.fetch(web("1.0.0"), trusting.withBasic("ann", "wrong")))
        .hasMessageContaining("found 401 with the credentials of authSecret")
        .hasMessageNotContaining("wrong")
        .hasMessageNotContaining("ann");
    try (Stream<Path> files = Files.walk(directory.resolve("cache"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(file.toString() + new String(Files.readAllBytes(file), UTF_8))
            .doesNotContain("s3cret-pw");
      }
    }
  }

  @Test
  void credentials_stay_with_the_repository_unless_they_are_to_be_passed() throws Exception {
    try (TestServer other = TestServer.https(authority.server())) {
      other.serve("/web-1.2.0.tgz", NEW).serve("/moved.tgz", OLD);
      server.serve("/charts/index.yaml", index("old.tgz", other.uri("/web-1.2.0.tgz").toString()));
      server.serve("/charts/old.tgz", TestServer.redirect(other.uri("/moved.tgz")));
      SourceAccess access =
          trusting
              .withBasic("ann", "s3cret-pw")
              .withClientCertificate(authority.certificate("client"), authority.key("client"));
      sources.fetch(web(""), access);
      sources.fetch(web("1.0.0"), access);
      assertThat(server.seen())
          .allMatch(seen -> seen.authorization().equals(Optional.of(BASIC)))
          .allMatch(seen -> seen.client().equals(Optional.of("CN=client")));
      assertThat(other.seen())
          .hasSize(2)
          .allMatch(seen -> seen.authorization().isEmpty() && seen.client().isEmpty());

      sources.fetch(web("^1"), access.withPassCredentials(true));
      assertThat(other.seen().get(2).authorization()).contains(BASIC);
      assertThat(other.seen().get(2).client()).contains("CN=client");
    }
  }

  @Test
  void a_server_that_is_not_trusted_is_refused_unless_it_need_not_be() throws Exception {
    assertThatThrownBy(() -> sources.fetch(web(""), SourceAccess.anonymous()))
        .hasMessageContaining(server.uri("/charts/index.yaml") + ": no trusted connection");
    assertThatThrownBy(
            () ->
                sources.fetch(
                    web(""),
                    SourceAccess.anonymous()
                        .withCertificateAuthorities(List.of(authority.certificate("stranger")))))
        .hasMessageContaining("no trusted connection");
    assertThatThrownBy(
            () ->
                sources.fetch(
                    web(""),
                    SourceAccess.anonymous().withCertificateAuthorities(List.of("no PEM"))))
        .hasMessage("certificate authority: expected certificates in PEM, found none");
    sources.fetch(web(""), SourceAccess.anonymous().withInsecureSkipTlsVerify(true));
    // Several, as of a ConfigMap with several keys.
    sources.fetch(
        web(""),
        SourceAccess.anonymous()
            .withCertificateAuthorities(
                List.of(authority.certificate("stranger"), authority.certificate("authority"))));
  }

  @Test
  void an_archive_that_is_not_what_was_announced_is_refused_and_not_kept() {
    server.serve("/charts/web-1.2.0.tgz", OLD);
    assertThatThrownBy(() -> sources.fetch(web(""), trusting))
        .hasMessage(
            "%s: the archive's SHA-256 is not the one that was announced; expected %s, found %s"
                .formatted(server.uri("/charts/web-1.2.0.tgz"), Digests.of(NEW), Digests.of(OLD)));
  }

  @Test
  void messages_say_where_what_was_found_and_what_was_expected() throws Exception {
    assertThatThrownBy(
            () -> sources.fetch(new InRepository(server.uri("/charts"), "webb", ""), trusting))
        .hasMessage(
            server.uri("/charts/index.yaml")
                + ": expected the chart \"webb\", found 2 others, among them web");
    assertThatThrownBy(() -> sources.fetch(web("^4"), trusting))
        .hasMessageContaining("web: no version fits \"^4\"; found 2.0.0-rc1, 1.2.0, 1.0.0");
    server.serve("/charts/index.yaml", "<html>\n<body>: {".getBytes(UTF_8));
    assertThatThrownBy(() -> sources.fetch(web(""), trusting))
        .hasMessageContaining("/charts/index.yaml: expected a repository's index, found at line 1");
    server.serve("/charts/page.tgz", "<html>".getBytes(UTF_8));
    assertThatThrownBy(() -> sources.fetch(new AtUrl(server.uri("/charts/page.tgz")), trusting))
        .hasMessageContaining("/charts/page.tgz is no chart archive: expected gzip");
    URI secret =
        URI.create(server.uri("/none.tgz?token=t0ken").toString().replace("://", "://ann:s3cret@"));
    assertThatThrownBy(() -> sources.fetch(new AtUrl(secret), trusting))
        .hasMessage(server.uri("/none.tgz") + ": expected status 200, found 404");
    assertThat(server.seen().get(server.seen().size() - 1).authorization())
        .contains(Authorization.basic("ann", "s3cret"));
  }

  @Test
  void nobody_there_is_told_soon_and_may_be_tried_again() throws Exception {
    int unused;
    try (ServerSocket socket = new ServerSocket(0)) {
      unused = socket.getLocalPort();
    }
    AtUrl nowhere = new AtUrl(URI.create("https://127.0.0.1:" + unused + "/x.tgz"));
    assertThatThrownBy(() -> sources.fetch(nowhere, trusting))
        .isInstanceOfSatisfying(
            ChartSourceException.class, e -> assertThat(e.isUnreachable()).isTrue())
        .hasMessage(nowhere.url() + " can not be reached: connection refused");
  }

  @Test
  void redirects_end_somewhere_and_never_lead_from_encryption_to_none() throws Exception {
    server.serve("/loop.tgz", TestServer.redirect(server.uri("/loop.tgz")));
    assertThatThrownBy(() -> sources.fetch(new AtUrl(server.uri("/loop.tgz")), trusting))
        .hasMessageContaining("redirects more than 5 times");
    server.serve("/down.tgz", TestServer.redirect(URI.create("http://127.0.0.1/x.tgz")));
    assertThatThrownBy(() -> sources.fetch(new AtUrl(server.uri("/down.tgz")), trusting))
        .hasMessageContaining("redirects from https to http://127.0.0.1/x.tgz");
  }
}
