package dev.plinth.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.addon.Addon;
import dev.plinth.addon.AddonContext;
import dev.plinth.apply.DeleteRules;
import dev.plinth.manifest.ManifestStaging;
import dev.plinth.manifest.ObjectReference;
import dev.plinth.report.AddonState;
import dev.plinth.report.AddonStatus;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class AddonRemovalTest {

  private static final String RECORD =
      """
      {"apiVersion":"k3s.cattle.io/v1","kind":"Addon","metadata":{"name":"web",
      "namespace":"kube-system","uid":"u1","resourceVersion":"7",
      "labels":{"plinth.dev/addon":"web"}},"spec":{"source":"/web.yaml","checksum":"abc"}}
      """;

  @TempDir Path data;

  private final ServerParts parts = new ServerParts();
  private final AtomicInteger gone = new AtomicInteger();
  private Runnable cleaning = () -> {};
  private List<ObjectReference> alsoProtected = List.of();

  @AfterEach
  void close() {
    parts.close();
  }

  @Test
  void removes_the_record_and_is_disabled() throws Exception {
    parts.start(RECORD);
    parts.server.on("DELETE", ServerParts.ADDON, 200, "{}");

    assertThat(removal().run()).isEmpty();

    assertThat(parts.server.requests("DELETE")).hasSize(1);
    assertThat(status().state()).isEqualTo(AddonState.DISABLED);
    assertThat(status().message()).isEqualTo("--disable web");
    assertThat(gone).hasValue(1);
  }

  @Test
  void with_nothing_to_remove_it_asks_neither_server_nor_addon() throws Exception {
    parts.start();
    cleaning =
        () -> {
          throw new AssertionError("must not be called");
        };
    int before = parts.server.requests().size();

    assertThat(removal().run()).isEmpty();

    assertThat(parts.server.requests()).hasSize(before);
    assertThat(status().state()).isEqualTo(AddonState.DISABLED);
  }

  @Test
  void a_clean_up_that_throws_is_the_addons_failure_and_is_tried_again() throws Exception {
    parts.start(RECORD);
    parts.server.on("DELETE", ServerParts.ADDON, 200, "{}");
    cleaning =
        () -> {
          throw new IllegalStateException("busy");
        };
    AddonRemoval removal = removal();

    assertThat(removal.run()).isPresent();
    assertThat(status().state()).isEqualTo(AddonState.FAILED);
    assertThat(status().message()).contains("busy");
    assertThat(parts.server.requests("DELETE")).isEmpty();

    cleaning = () -> {};
    assertThat(removal.run()).isEmpty();
    assertThat(status().state()).isEqualTo(AddonState.DISABLED);
  }

  @Test
  void a_missing_right_is_a_failure_and_not_progress() throws Exception {
    parts.start(RECORD);
    parts.server.on(
        "DELETE", ServerParts.ADDON, 403, "{\"kind\":\"Status\",\"code\":403,\"message\":\"no\"}");

    assertThat(removal().run()).isPresent();

    assertThat(status().state()).isEqualTo(AddonState.FAILED);
    assertThat(status().reason()).isEqualTo("Forbidden");
    assertThat(gone).hasValue(0);
  }

  @Test
  void lists_the_definitions_and_other_protected_objects_that_stay() throws Exception {
    parts.start(RECORD);
    parts.server.on("DELETE", ServerParts.ADDON, 200, "{}");
    parts.server.on(
        "GET",
        "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
        200,
        """
        {"items":[{"metadata":{"name":"webs.example.org"}},
          {"metadata":{"name":"going.example.org","deletionTimestamp":"2026-01-01T00:00:00Z"}}]}
        """);
    alsoProtected = List.of(new ObjectReference("v1", "Namespace", "", "webs"));

    assertThat(removal().run()).isEmpty();

    assertThat(status().state()).isEqualTo(AddonState.DISABLED);
    assertThat(status().objects()).isEqualTo(2);
    assertThat(status().message())
        .isEqualTo(
            "--disable web; CustomResourceDefinition webs.example.org, Namespace webs: left, since"
                + " objects of users may go with them; to consent: --delete-protected web");
  }

  private AddonRemoval removal() {
    return new AddonRemoval(
        "web",
        "--disable web",
        Optional.of(new CleaningAddon()),
        parts.context("web"),
        List.of(),
        new DeleteRules(false),
        new ManifestStaging(data),
        parts.surroundings,
        gone::incrementAndGet);
  }

  private AddonStatus status() {
    return parts.board.report().addon("web").orElseThrow();
  }

  private final class CleaningAddon implements Addon {

    @Override
    public String name() {
      return "web";
    }

    @Override
    public String description() {
      return "for tests";
    }

    @Override
    public void cleanUp(AddonContext context) {
      cleaning.run();
    }

    @Override
    public List<ObjectReference> protectedObjects(AddonContext context) {
      return alsoProtected;
    }
  }
}
