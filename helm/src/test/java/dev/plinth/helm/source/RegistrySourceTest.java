package dev.plinth.helm.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.helm.chart.TestArchive;
import dev.plinth.helm.source.ChartReference.InRegistry;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A small OCI registry, with tokens, pages of tags, and blobs that are elsewhere. */
class RegistrySourceTest {

  private static final byte[] OLD = TestArchive.of("web", "1.0.0").bytes();
  private static final byte[] NEW = TestArchive.of("web", "1.2.0+b1").bytes();
  private static final String TOKEN = "Bearer t0ken";

  @TempDir static Path keys;
  private static TestAuthority authority;

  @TempDir Path directory;
  private TestServer server;
  private TestServer blobs;
  private ChartSources sources;
  private SourceAccess access;

  @BeforeAll
  static void makeAuthority() throws Exception {
    authority = new TestAuthority(keys);
  }

  @BeforeEach
  void start() throws Exception {
    server = TestServer.https(authority.server());
    blobs = TestServer.https(authority.server());
    publish("1.0.0", OLD);
    publish("1.2.0_b1", NEW);
    server.serve(
        "/v2/org/web/tags/list",
        guarded(
            exchange -> {
              boolean second = String.valueOf(exchange.getRequestURI().getQuery()).contains("last");
              if (!second) {
                exchange
                    .getResponseHeaders()
                    .set("Link", "</v2/org/web/tags/list?last=1.0.0>; rel=\"next\"");
              }
              TestServer.answer(
                  exchange,
                  200,
                  (second ? "{\"tags\": [\"1.2.0_b1\"]}" : "{\"tags\": [\"1.0.0\", \"latest\"]}")
                      .getBytes(UTF_8));
            }));
    server.serve(
        "/token",
        exchange -> {
          boolean right =
              Authorization.basic("ann", "s3cret-pw")
                      .equals(exchange.getRequestHeaders().getFirst("Authorization"))
                  && exchange
                      .getRequestURI()
                      .getQuery()
                      .equals("scope=repository:org/web:pull&service=registry");
          TestServer.answer(
              exchange,
              right ? 200 : 401,
              right ? "{\"token\": \"t0ken\"}".getBytes(UTF_8) : new byte[0]);
        });
    sources = new ChartSources(directory.resolve("cache"), directory.resolve("static"));
    access =
        SourceAccess.anonymous()
            .withCertificateAuthorities(List.of(authority.certificate("authority")))
            .withDockerConfig(dockerConfig("ann", "s3cret-pw"));
  }

  @AfterEach
  void stop() {
    server.close();
    blobs.close();
  }

  private String dockerConfig(String user, String password) {
    return "{\"auths\": {\"https://%s\": {\"auth\": \"%s\"}, \"other\": {\"auth\": \"eDp5\"}}}"
        .formatted(
            server.host(),
            Base64.getEncoder().encodeToString((user + ":" + password).getBytes(UTF_8)));
  }

  private void publish(String tag, byte[] archive) {
    String digest = "sha256:" + Digests.of(archive);
    server.serve(
        "/v2/org/web/manifests/" + tag,
        guarded(
            exchange ->
                TestServer.answer(
                    exchange,
                    200,
                    """
                    {"schemaVersion": 2, "config": {"mediaType": "application/vnd.cncf.helm.config.v1+json"},
                     "layers": [{"mediaType": "application/vnd.cncf.helm.chart.provenance.v1.prov", "digest": "x"},
                       {"mediaType": "application/vnd.cncf.helm.chart.content.v1.tar+gzip", "digest": "%s"}]}\
                    """
                        .formatted(digest)
                        .getBytes(UTF_8))));
    server.serve(
        "/v2/org/web/blobs/" + digest, guarded(TestServer.redirect(blobs.uri("/" + digest))));
    blobs.serve("/" + digest, archive);
  }

  private TestServer.Handler guarded(TestServer.Handler handler) {
    return exchange -> {
      if (TOKEN.equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
        handler.handle(exchange);
      } else {
        exchange
            .getResponseHeaders()
            .set(
                "WWW-Authenticate",
                "Bearer realm=\"%s\",service=\"registry\",scope=\"repository:org/web:pull\""
                    .formatted(server.uri("/token")));
        TestServer.answer(exchange, 401, new byte[0]);
      }
    };
  }

  private InRegistry web(String version) {
    return new InRegistry(server.host(), "org/web", version);
  }

  @Test
  void the_newest_the_newest_that_fits_and_an_exact_version_after_asking_for_a_token()
      throws Exception {
    FetchedChart newest = sources.fetch(web(""), access);
    assertThat(newest.chart().metadata().version()).isEqualTo("1.2.0+b1");
    assertThat(newest.origin()).isEqualTo("oci://%s/org/web:1.2.0_b1".formatted(server.host()));
    assertThat(sources.fetch(web("~1.0"), access).digest()).isEqualTo(Digests.of(OLD));
    assertThat(sources.fetch(web("1.2.0+b1"), access).digest()).isEqualTo(Digests.of(NEW));
    assertThat(blobs.seen()).allMatch(seen -> seen.authorization().isEmpty());
  }

  @Test
  void an_exact_version_needs_the_registry_once() throws Exception {
    sources.fetch(web("1.0.0"), access);
    server.close();
    assertThat(sources.fetch(web("1.0.0"), access).outdated()).isEmpty();
  }

  @Test
  void basic_authentication_without_tokens_over_plain_http() throws Exception {
    try (TestServer plain = TestServer.http()) {
      String digest = "sha256:" + Digests.of(OLD);
      plain
          .serve("/v2/web/blobs/" + digest, OLD)
          .serve(
              "/v2/web/manifests/1.0.0",
              """
              {"layers": [{"mediaType": "application/tar+gzip", "digest": "%s"}]}\
              """
                  .formatted(digest)
                  .getBytes(UTF_8))
          .demand(Authorization.basic("ann", "pw"));
      SourceAccess basic = SourceAccess.anonymous().withPlainHttp(true).withBasic("ann", "pw");
      InRegistry reference = new InRegistry(plain.host(), "web", "1.0.0");
      // The registry does not say what it wants: so nothing is sent to it.
      assertThatThrownBy(
              () -> sources.fetch(reference, SourceAccess.anonymous().withPlainHttp(true)))
          .hasMessageContaining("found 401 without credentials: no dockerRegistrySecret");
      assertThat(sources.fetch(reference, basic).digest()).isEqualTo(Digests.of(OLD));
    }
  }

  @Test
  void a_blob_that_is_not_what_its_digest_says_is_refused() {
    blobs.serve("/sha256:" + Digests.of(OLD), NEW);
    assertThatThrownBy(() -> sources.fetch(web("1.0.0"), access))
        .hasMessageContaining("the archive's SHA-256 is not the one that was announced");
  }

  @Test
  void messages_say_what_is_missing_and_hold_no_credentials() {
    assertThatThrownBy(
            () ->
                sources.fetch(web("1.0.0"), access.withDockerConfig(dockerConfig("ann", "wr0ng"))))
        .hasMessageContaining("/token: expected status 200, found 401")
        .hasMessageNotContaining("wr0ng");
    assertThatThrownBy(
            () -> sources.fetch(web("1.0.0"), access.withDockerConfig("{\"auths\": {\"wr0ng")))
        .hasMessageContaining(".dockerconfigjson: expected JSON")
        .hasMessageNotContaining("wr0ng");
    assertThatThrownBy(() -> sources.fetch(web("^7"), access))
        .hasMessageContaining("no version fits \"^7\"; found 1.2.0+b1, 1.0.0");
    server.serve(
        "/v2/org/web/manifests/3.0.0",
        guarded(
            exchange ->
                TestServer.answer(
                    exchange,
                    200,
                    "{\"config\": {\"mediaType\": \"application/vnd.oci.image.config.v1+json\"}}"
                        .getBytes(UTF_8))));
    assertThatThrownBy(() -> sources.fetch(web("3.0.0"), access))
        .hasMessageContaining(
            "org/web:3.0.0 is no chart: expected a layer of the type"
                + " application/vnd.cncf.helm.chart.content.v1.tar+gzip, found"
                + " application/vnd.oci.image.config.v1+json");
  }

  @Test
  void the_longest_matching_entry_of_a_docker_config_counts() throws Exception {
    DockerConfig config =
        DockerConfig.parse(
            """
            {"auths": {"r.example": {"username": "a", "password": "1"},
                       "r.example/org": {"username": "b", "password": "2"},
                       "https://d.example/v1/": {"username": "c", "password": "3"}}}\
            """);
    assertThat(config.find("r.example", "org/web").orElseThrow().username()).isEqualTo("b");
    assertThat(config.find("r.example", "organic").orElseThrow().username()).isEqualTo("a");
    assertThat(config.find("d.example", "x").orElseThrow().username()).isEqualTo("c");
    assertThat(config.find("else.example", "x")).isEqualTo(Optional.empty());
  }
}
