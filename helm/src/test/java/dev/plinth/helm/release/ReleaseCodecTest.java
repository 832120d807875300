package dev.plinth.helm.release;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReleaseCodecTest {

  private final ReleaseCodec codec = new ReleaseCodec();

  private static ObjectNode document() throws IOException {
    return (ObjectNode)
        new ObjectMapper()
            .readTree(
                """
                {"name": "web", "namespace": "apps", "version": 3, "manifest": "kind: A",
                 "info": {"status": "pending-upgrade", "description": "Preparing upgrade",
                   "first_deployed": "2026-11-24T10:09:29.248524644+01:00", "last_deployed": "never",
                   "notes": "Hello"},
                 "config": {"password": "s3cret"},
                 "hooks": [{"name": "h", "kind": "Job", "events": ["pre-delete"], "manifest": "m"}],
                 "chart": {"metadata": {"name": "web", "version": "1.0.0", "appVersion": "7"}}}\
                """);
  }

  @Test
  void what_is_written_is_read_again() throws Exception {
    ObjectNode document = document();
    document.withObject("/config").put("big", new java.math.BigDecimal("1E+400"));
    assertThat(codec.decode(codec.encode(document)).toString()).contains("1E+400");
    assertThat(codec.decode(codec.encode(document)).path("config").path("password"))
        .isEqualTo(document.path("config").path("password"));
  }

  @Test
  void releases_from_before_compression_are_read() throws Exception {
    String old = Base64.getEncoder().encodeToString("{\"name\": \"old\"}".getBytes(UTF_8));
    assertThat(codec.decode(old).path("name").asText()).isEqualTo("old");
  }

  @Test
  void what_is_no_release_is_told() {
    assertThatThrownBy(() -> codec.decode(Base64.getEncoder().encodeToString("[]".getBytes())))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> codec.decode("")).isInstanceOf(IOException.class);
  }

  @Test
  void a_release_says_what_is_in_it_and_shows_no_values() throws Exception {
    Release release = new Release(document(), Map.of("team", "a"));
    assertThat(release.toString())
        .isEqualTo("apps/web revision 3 (pending-upgrade, web-1.0.0)")
        .doesNotContain("s3cret");
    assertThat(release.status().isInterrupted()).isTrue();
    assertThat(release.firstDeployed()).contains(Instant.parse("2026-11-24T09:09:29.248524644Z"));
    assertThat(release.lastDeployed()).isEmpty();
    assertThat(release.appVersion()).contains("7");
    assertThat(release.notes()).contains("Hello");
    assertThat(release.hooks()).hasSize(1);
    assertThat(release.hooks().get(0).events()).containsExactly("pre-delete");
    assertThat(release.labels()).containsEntry("team", "a");
  }

  @Test
  void names_that_helm_refuses_are_refused() {
    new ReleaseName("kube-system", "my.traefik-1");
    for (String name : new String[] {"", "Upper", "a_b", "-a", "a".repeat(54)}) {
      assertThatThrownBy(() -> new ReleaseName("default", name))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("Release name \"" + name + "\"");
    }
    assertThatThrownBy(() -> new ReleaseName("a.b", "x"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
