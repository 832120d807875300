package dev.plinth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plinth.config.ServerConfig;
import dev.plinth.controlplane.ControlPlane;
import dev.plinth.controlplane.Mark;
import dev.plinth.controlplane.Requests;
import dev.plinth.report.AddonReport;
import dev.plinth.report.AddonState;
import dev.plinth.report.AddonStatus;
import dev.plinth.report.Scope;
import dev.plinth.testkit.WithControlPlane;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What users drop into the manifests directory, on a real API server. */
@WithControlPlane
class UserFilesIT {

  @TempDir Path data;

  private ControlPlane controlPlane;
  private KubernetesClient client;
  private TestHost host;

  @BeforeEach
  void begin(ControlPlane started) throws IOException {
    controlPlane = started;
    client = started.client();
    host = TestHost.of(started, data);
    Files.createDirectories(host.manifests());
  }

  @Test
  void aFileIsAppliedWithAnAddonThatTellsAllAboutIt() throws Exception {
    write("team/told.v1.YAML", configMap("told", "1"));
    AddonStatus status;
    try (PlinthServer server = host.start()) {
      status = status(server, "team/told.v1.YAML");
    }

    assertThat(status.state()).isEqualTo(AddonState.READY);
    assertThat(status.objects()).isEqualTo(1);
    assertThat(valueOf("told")).isEqualTo("1");
    var addon = host.addon("told");
    assertThat(addon.getMetadata().getLabels()).doesNotContainKey("plinth.dev/addon");
    assertThat((String) addon.get("spec", "source"))
        .isEqualTo(host.manifests().resolve("team/told.v1.YAML").toString());
    assertThat((Integer) addon.get("status", "objects", "ready")).isEqualTo(1);
    assertThat(host.eventReasons("told")).containsExactly("AppliedManifest");
  }

  @Test
  void newAndChangedFilesAreInTheClusterAtOnceHoweverTheyAreWritten() throws Exception {
    try (PlinthServer server = host.start()) {
      settled(server);
      write("quick.yaml", configMap("quick", "1"));
      awaitValue("quick", "1");
      write("quick.yaml", configMap("quick", "2"));
      awaitValue("quick", "2");
      replace("quick.yaml", configMap("quick", "3"));
      awaitValue("quick", "3");

      Path target = Files.writeString(data.resolve("target"), configMap("linked", "1"));
      Files.createSymbolicLink(host.manifests().resolve("linked.yaml"), target);
      awaitValue("linked", "1");
      Files.writeString(target, configMap("linked", "2"));
      awaitValue("linked", "2");
    }
  }

  @Test
  void aWriterThatPausesBetweenDocumentsLosesNothing() throws Exception {
    try (PlinthServer server = host.start()) {
      String all = configMap("first", "1") + configMap("second", "1");
      write("written.yaml", all);
      status(server, "written.yaml");
      String uid = uidOf("second");

      write("written.yaml", configMap("first", "2"));
      await()
          .atMost(TestHost.PATIENCE)
          .until(() -> reasonOf(server, "written.yaml").equals("WaitingForStillness"));
      Files.writeString(
          host.manifests().resolve("written.yaml"),
          configMap("second", "2"),
          StandardOpenOption.APPEND);
      awaitValue("second", "2");
      assertThat(uidOf("second")).isEqualTo(uid);

      // A file that stays like this means it.
      write("written.yaml", configMap("first", "3"));
      assertThat(status(server, "written.yaml").state()).isEqualTo(AddonState.READY);
      assertThat(valueOf("first")).isEqualTo("3");
      assertThat(valueOf("second")).isEmpty();
    }
  }

  @Test
  void aFileThatCannotBeParsedIsToldOnceChangesNothingAndDelaysNoOther() throws Exception {
    write("broken.yaml", configMap("broken", "1"));
    try (PlinthServer server = host.start()) {
      status(server, "broken.yaml");
      write("broken.yaml", "a: [");
      write("neighbour.yaml", configMap("neighbour", "1"));
      awaitValue("neighbour", "1");

      AddonStatus status = status(server, "broken.yaml");
      assertThat(status.state()).isEqualTo(AddonState.FAILED);
      assertThat(status.reason()).isEqualTo("ParseManifestFailed");
      assertThat(status.message()).contains("broken.yaml:2:1:");
      assertThat(valueOf("broken")).isEqualTo("1");
    }
    try (PlinthServer again = host.start()) {
      assertThat(status(again, "broken.yaml").state()).isEqualTo(AddonState.FAILED);
      assertThat(host.eventReasons("broken")).containsOnlyOnce("ParseManifestFailed");

      write("broken.yaml", configMap("broken", "2"));
      awaitValue("broken", "2");
      assertThat(status(again, "broken.yaml").state()).isEqualTo(AddonState.READY);
    }
  }

  @Test
  void anErrorOfAMomentIsNotTold() throws Exception {
    try (PlinthServer server = host.start()) {
      settled(server);
      write("moment.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: mom");
      write("moment.yaml", configMap("moment", "1"));
      assertThat(status(server, "moment.yaml").state()).isEqualTo(AddonState.READY);
      assertThat(host.eventReasons("moment")).doesNotContain("ParseManifestFailed");
    }
  }

  @Test
  void aFileThatCannotBeReadIsTold() throws Exception {
    Files.createSymbolicLink(host.manifests().resolve("nowhere.yaml"), data.resolve("none"));
    try (PlinthServer server = host.start()) {
      AddonStatus status = status(server, "nowhere.yaml");
      assertThat(status.reason()).isEqualTo("ReadManifestFailed");
      assertThat(status.message()).contains("nowhere.yaml: it is a symbolic link that leads to");
      assertThat(host.eventReasons("nowhere")).containsExactly("ReadManifestFailed");

      Files.writeString(data.resolve("none"), configMap("nowhere", "1"));
      awaitValue("nowhere", "1");
    }
  }

  @Test
  void aFileThatGoesLeavesItsObjectsAndItsAddon() throws Exception {
    write("going.yaml", configMap("going", "1"));
    try (PlinthServer server = host.start()) {
      status(server, "going.yaml");
      Files.delete(host.manifests().resolve("going.yaml"));

      assertThat(settled(server).file("going.yaml")).isEmpty();
      assertThat(valueOf("going")).isEqualTo("1");
      assertThat(host.addon("going").toString()).contains("FileRemoved");

      write("going.yaml", configMap("going", "1"));
      assertThat(status(server, "going.yaml").state()).isEqualTo(AddonState.READY);
      assertThat(host.addon("going").toString()).doesNotContain("FileRemoved");
    }
  }

  @Test
  void aFileThatGoesTakesItsObjectsAlongIfTheServerIsToldSoAlsoWhileNoServerRuns()
      throws Exception {
    write("pruned.yaml", configMap("pruned", "1"));
    write("pruned-later.yaml", configMap("pruned-later", "1"));
    write("staying.yaml", configMap("staying", "1"));
    try (PlinthServer server = pruning()) {
      settled(server);
      Files.delete(host.manifests().resolve("pruned.yaml"));

      assertThat(settled(server).file("pruned.yaml")).isEmpty();
      assertThat(valueOf("pruned")).isEmpty();
      assertThat(host.addon("pruned")).isNull();
      assertThat(host.eventReasons("pruned")).contains("DeletingManifest");
    }
    Files.delete(host.manifests().resolve("pruned-later.yaml"));
    try (PlinthServer server = pruning()) {
      await().atMost(TestHost.PATIENCE).until(() -> host.addon("pruned-later") == null);
      assertThat(valueOf("pruned-later")).isEmpty();
      assertThat(valueOf("staying")).isEqualTo("1");
    }
  }

  @Test
  void anEmptiedFileIsToldAndDeletesNothingUnlessTheServerIsToldSo() throws Exception {
    write("emptied.yaml", configMap("emptied", "1"));
    try (PlinthServer server = host.start()) {
      status(server, "emptied.yaml");
      write("emptied.yaml", "# nothing\n");

      AddonStatus status = status(server, "emptied.yaml");
      assertThat(status.reason()).isEqualTo("ManifestEmptied");
      assertThat(status.message()).contains("its object is left", "--prune-removed-manifests");
      assertThat(valueOf("emptied")).isEqualTo("1");
      assertThat(host.eventReasons("emptied")).containsOnlyOnce("ManifestEmptied");
    }
    try (PlinthServer server = pruning()) {
      assertThat(status(server, "emptied.yaml").state()).isEqualTo(AddonState.READY);
      assertThat(valueOf("emptied")).isEmpty();
    }
  }

  @Test
  void filesThatVanishTogetherAndADirectoryThatIsAwayPruneNothing() throws Exception {
    for (int i = 0; i < 5; i++) {
      write("mass/mass-%d.yaml".formatted(i), configMap("mass-" + i, "1"));
    }
    try (PlinthServer server = pruning()) {
      settled(server);
      Path away = data.resolve("away");
      Files.move(host.manifests(), away);
      await()
          .atMost(TestHost.PATIENCE)
          .until(() -> server.status().warnings().toString().contains("is missing"));
      Files.move(away, host.manifests());
      await()
          .atMost(TestHost.PATIENCE)
          .until(() -> !server.status().warnings().toString().contains("is missing"));

      for (int i = 0; i < 3; i++) {
        Files.delete(host.manifests().resolve("mass/mass-%d.yaml".formatted(i)));
      }
      AddonReport report = settled(server);
      assertThat(report.file("mass/mass-0.yaml").orElseThrow().reason()).isEqualTo("FileVanished");
      assertThat(report.warnings().toString())
          .contains("3 files of the directory", "mass vanished");
      assertThat(valueOf("mass-0")).isEqualTo("1");

      for (int i = 0; i < 3; i++) {
        write("mass/mass-%d.yaml".formatted(i), configMap("mass-" + i, "2"));
      }
      report = settled(server);
      assertThat(report.ready(Scope.ADDONS_AND_FILES)).as(report.toString()).isTrue();
      assertThat(valueOf("mass-0")).isEqualTo("2");
      await().atMost(TestHost.PATIENCE).until(() -> server.status().warnings().isEmpty());
    }
  }

  @Test
  void whatIsDisabledByFileOrDirectoryGoesWithItsFileUnlessThatIsReachedThroughALink()
      throws Exception {
    write("off.yaml", configMap("switched", "1"));
    write("old/stuff/gone.yaml", configMap("gone", "1"));
    write("stays.yaml", configMap("stays", "1"));
    Path outside = Files.createDirectories(data.resolve("outside"));
    Files.writeString(outside.resolve("through.yaml"), configMap("through", "1"));
    Files.createSymbolicLink(host.manifests().resolve("linked"), outside);
    try (PlinthServer server = host.start()) {
      assertThat(settled(server).ready(Scope.ADDONS_AND_FILES)).isTrue();
    }

    AddonReport report;
    try (PlinthServer server = disabling("off", "old", "linked", "").start()) {
      report = settled(server);
      assertThat(List.of(valueOf("switched"), valueOf("gone"), valueOf("through")))
          .containsOnly("");
      assertThat(valueOf("stays")).isEqualTo("1");
      assertThat(host.addon("off")).isNull();
      assertThat(host.manifests().resolve("off.yaml")).doesNotExist();
      assertThat(host.manifests().resolve("old/stuff/gone.yaml")).doesNotExist();
      assertThat(outside.resolve("through.yaml")).exists();
      assertThat(host.eventReasons("off")).contains("DeletingManifest");

      write("off.yaml", configMap("switched", "2"));
      await()
          .atMost(TestHost.PATIENCE)
          .until(() -> !Files.exists(host.manifests().resolve("off.yaml")));
    }
    assertThat(report.file("off.yaml").orElseThrow())
        .extracting(AddonStatus::state, AddonStatus::reason, AddonStatus::message)
        .containsExactly(AddonState.DISABLED, "DisableFlag", "--disable off");
    assertThat(report.file("old/stuff/gone.yaml").orElseThrow().message())
        .isEqualTo("--disable old");
    assertThat(report.file("stays.yaml").orElseThrow().state()).isEqualTo(AddonState.READY);
  }

  @Test
  void aRemovalThatWasCutOffIsFinishedByTheNextStart() throws Exception {
    write(
        "cut.yaml",
        "{apiVersion: v1, kind: ConfigMap, metadata: {name: cut, namespace: default,"
            + " finalizers: [example.org/stuck]}}");
    try (PlinthServer server = host.start()) {
      status(server, "cut.yaml");
    }
    try (PlinthServer server = disabling("cut").start()) {
      await()
          .atMost(TestHost.PATIENCE)
          .until(() -> configMap("cut").getMetadata().getDeletionTimestamp() != null);
    }
    assertThat(host.manifests().resolve("cut.yaml")).exists();
    // The file may be gone as well: what the cluster knows is enough.
    Files.delete(host.manifests().resolve("cut.yaml"));

    try (PlinthServer server = disabling("cut").start()) {
      client
          .configMaps()
          .inNamespace("default")
          .withName("cut")
          .edit(
              it -> {
                it.getMetadata().setFinalizers(List.of());
                return it;
              });
      await().atMost(TestHost.PATIENCE).until(() -> host.addon("cut") == null);
      assertThat(configMap("cut")).isNull();
    }
  }

  @Test
  void aSkippedFileIsLeftAsItIs() throws Exception {
    write("skipped.yaml", configMap("skipped", "1"));
    try (PlinthServer server = host.start()) {
      status(server, "skipped.yaml");
      write("skipped.yaml.skip", "");
      await()
          .atMost(TestHost.PATIENCE)
          .until(() -> reasonOf(server, "skipped.yaml").equals("SkipFile"));
      assertThat(server.status().file("skipped.yaml").orElseThrow().state())
          .isEqualTo(AddonState.DISABLED);
      write("skipped.yaml", configMap("skipped", "2"));
      settled(server);
      assertThat(valueOf("skipped")).isEqualTo("1");

      Files.delete(host.manifests().resolve("skipped.yaml.skip"));
      awaitValue("skipped", "2");
    }
  }

  @Test
  void twoFilesOfOneNameDoNotFightAndTheSecondTakesOverWhenTheFirstGoes() throws Exception {
    write("a/twin.yaml", configMap("twin-a", "1"));
    write("b/twin.yaml", configMap("twin-b", "1"));
    write("Twin_3.yaml", configMap("twin-c", "1"));
    try (PlinthServer server = host.start()) {
      AddonReport report = settled(server);
      assertThat(report.file("a/twin.yaml").orElseThrow())
          .extracting(AddonStatus::state, AddonStatus::message)
          .containsExactly(
              AddonState.READY,
              "1 object; b/twin.yaml has the same name and is not applied: rename it");
      AddonStatus other = report.file("b/twin.yaml").orElseThrow();
      assertThat(other.reason()).isEqualTo("NameTaken");
      assertThat(other.message()).contains("belongs to a/twin.yaml").contains("rename it");
      assertThat(valueOf("twin-b")).isEmpty();
      assertThat(host.eventReasons("twin")).containsOnlyOnce("NameTaken");
      assertThat(host.addon("twin").toString()).contains("b/twin.yaml has the same name");
      AddonStatus invalid = report.file("Twin_3.yaml").orElseThrow();
      assertThat(invalid.reason()).isEqualTo("InvalidName");
      assertThat(invalid.message()).contains("rename the file, e.g. to twin-3.yaml");

      Files.delete(host.manifests().resolve("a/twin.yaml"));
      awaitValue("twin-b", "1");
      assertThat(status(server, "b/twin.yaml").state()).isEqualTo(AddonState.READY);
    }
  }

  @Test
  void anAddonOfAPackagedComponentIsNotForUsersFiles() throws Exception {
    TestAddon addon = TestAddon.of("packaged", configMap("packaged", "1"));
    write("sub/packaged.yaml", configMap("other", "1"));
    try (PlinthServer server = host.start(addon)) {
      AddonReport report = settled(server);
      assertThat(report.addon("packaged").orElseThrow().state()).isEqualTo(AddonState.READY);
      assertThat(report.files()).hasSize(1);
      assertThat(report.file("sub/packaged.yaml").orElseThrow())
          .extracting(AddonStatus::state, AddonStatus::reason)
          .containsExactly(AddonState.FAILED, "NameTaken");
      assertThat(valueOf("other")).isEmpty();
      assertThat(valueOf("packaged")).isEqualTo("1");
    }
  }

  @Test
  void aRestartOfUnchangedFilesWritesNothingAndReadsNoMoreForManyThanForOne() throws Exception {
    for (int i = 0; i < 30; i++) {
      write("many/same-%d.yaml".formatted(i), configMap("same-" + i, "1"));
    }
    write("skipped-at-start.yaml", configMap("skipped-at-start", "1"));
    write("gone-at-start.yaml", configMap("gone-at-start", "1"));
    try (PlinthServer server = host.start()) {
      assertThat(settled(server).ready(Scope.ADDONS_AND_FILES)).isTrue();
      write("skipped-at-start.yaml.skip", "");
      Files.delete(host.manifests().resolve("gone-at-start.yaml"));
      settled(server);
    }
    Mark mark = controlPlane.mark();

    try (PlinthServer server = host.start()) {
      assertThat(settled(server).files()).hasSize(31);
    }

    Requests requests = host.requestsSince(mark);
    assertThat(requests.writes()).isEmpty();
    int kinds = 2; // ConfigMaps and Addons
    // And the Leases of servers, before and after this one has announced itself.
    assertThat(requests.verb("list").count())
        .as(requests.toString())
        .isLessThanOrEqualTo(kinds + 2);
    assertThat(requests.count()).as(requests.toString()).isLessThanOrEqualTo(2 * kinds + 20);
  }

  @Test
  void aSlowFileDelaysNoOther() throws Exception {
    for (int i = 0; i < 6; i++) {
      write(
          "slow-%d.yaml".formatted(i),
          configMap("slow-" + i, "1").replace("namespace: default", "namespace: none-" + i));
    }
    try (PlinthServer server = host.start()) {
      await().atMost(TestHost.PATIENCE).until(() -> server.status().toString().contains("none-5"));
      write("fast.yaml", configMap("fast", "1"));
      awaitValue("fast", "1");
    }
  }

  @Test
  void whatTwoFilesDeclareIsHandedOverWhenTheFirstOneLetsGoOrGoes() throws Exception {
    write("shared-a.yaml", configMap("shared", "a") + configMap("only-a", "a"));
    write("sub/shared-b.yaml", configMap("shared", "b") + configMap("only-b", "b"));
    TestAddon addon = TestAddon.of("shared-p", configMap("shared-packaged", "p"));
    String uid;
    String packagedUid;
    try (PlinthServer server = host.start(addon)) {
      write("shared-c.yaml", configMap("shared-packaged", "c"));
      awaitFile(server, "sub/shared-b.yaml", "OwnedByAnother", "shared-a.yaml:2 and by ");
      awaitFile(server, "shared-a.yaml", "Ready", "shared-a.yaml keeps it");
      awaitFile(server, "shared-c.yaml", "OwnedByAnother", "shared-p.yaml keeps it");
      assertThat(valueOf("shared")).isEqualTo("a");
      assertThat(valueOf("only-b")).isEqualTo("b");
      assertThat(valueOf("shared-packaged")).isEqualTo("p");
      uid = uidOf("shared");
      packagedUid = uidOf("shared-packaged");

      replace("shared-a.yaml", configMap("only-a", "a"));

      await().atMost(TestHost.PATIENCE).until(() -> valueOf("shared").equals("b"));
      awaitFile(server, "sub/shared-b.yaml", "Ready", "2 objects");
    }
    write("shared-a.yaml", configMap("shared", "a"));
    ServerConfig disabled = host.config().disable("shared-p").build();
    try (PlinthServer server = host.server(disabled, addon).start()) {
      awaitFile(server, "shared-a.yaml", "OwnedByAnother", "shared-b.yaml keeps it");
      assertThat(valueOf("shared")).isEqualTo("b");
      awaitFile(server, "shared-c.yaml", "Ready", "1 object");
      assertThat(valueOf("shared-packaged")).isEqualTo("c");
      assertThat(uidOf("shared-packaged")).isEqualTo(packagedUid);
      await()
          .atMost(TestHost.PATIENCE)
          .until(
              () -> server.status().addon("shared-p").orElseThrow().state() == AddonState.DISABLED);
      assertThat(host.addon("shared-p")).isNull();

      Files.delete(host.manifests().resolve("sub/shared-b.yaml"));

      await().atMost(TestHost.PATIENCE).until(() -> valueOf("shared").equals("a"));
    }
    assertThat(uidOf("shared")).isEqualTo(uid);
  }

  private static void awaitFile(PlinthServer server, String file, String reason, String message) {
    await()
        .atMost(TestHost.PATIENCE)
        .untilAsserted(
            () ->
                assertThat(server.status().file(file))
                    .as(server.status().toString())
                    .hasValueSatisfying(
                        it -> {
                          assertThat(it.reason()).isEqualTo(reason);
                          assertThat(it.message()).contains(message);
                        }));
  }

  private PlinthServer pruning() {
    return host.server(host.config().pruneRemovedManifests(true).build()).start();
  }

  private Plinth.Builder disabling(String... names) {
    ServerConfig.Builder config = host.config();
    config.disable(names);
    return host.server(config.build());
  }

  private AddonReport settled(PlinthServer server) throws InterruptedException {
    return server.awaitReady(TestHost.PATIENCE, Scope.ADDONS_AND_FILES);
  }

  private AddonStatus status(PlinthServer server, String file) throws InterruptedException {
    AddonReport report = settled(server);
    return report.file(file).orElseThrow(() -> new AssertionError(report.toString()));
  }

  private static String reasonOf(PlinthServer server, String file) {
    return server.status().file(file).map(AddonStatus::reason).orElse("");
  }

  private void awaitValue(String name, String value) {
    await()
        .atMost(TestHost.PATIENCE)
        .pollInterval(Duration.ofMillis(50))
        .untilAsserted(() -> assertThat(valueOf(name)).isEqualTo(value));
  }

  private String valueOf(String name) {
    ConfigMap map = configMap(name);
    return map == null ? "" : map.getData().get("value");
  }

  private String uidOf(String name) {
    return configMap(name).getMetadata().getUid();
  }

  private ConfigMap configMap(String name) {
    return client.configMaps().inNamespace("default").withName(name).get();
  }

  private void write(String file, String content) throws IOException {
    Path path = host.manifests().resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, content);
  }

  /** As editors do it. */
  private void replace(String file, String content) throws IOException {
    Path path = host.manifests().resolve(file);
    Path temporary = Files.writeString(path.resolveSibling("." + path.getFileName()), content);
    Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE);
  }

  private static String configMap(String name, String value) {
    return """
    ---
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: %s, namespace: default}
    data: {value: "%s"}
    """
        .formatted(name, value);
  }
}
