package dev.plinth.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plinth.config.ServerConfig;
import dev.plinth.controlplane.ControlPlane;
import dev.plinth.controlplane.Mark;
import dev.plinth.controlplane.Requests;
import dev.plinth.lifecycle.FileServers.Running;
import dev.plinth.report.AddonState;
import dev.plinth.report.AddonStatus;
import dev.plinth.testkit.WithControlPlane;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.stream.Collectors;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Users' files of one name on several servers, on a real API server. */
@WithControlPlane
class FilesOnSeveralServersIT {

  @TempDir Path directory;

  private ControlPlane controlPlane;
  private KubernetesClient client;
  private FileServers servers;

  @BeforeEach
  void begin(ControlPlane started) {
    controlPlane = started;
    client = started.client();
    servers = new FileServers(started, directory);
  }

  @AfterEach
  void end() {
    servers.close();
  }

  @Test
  void equalFilesAreAppliedOnceAndRestartsWriteNothing() throws Exception {
    servers.write("n1", "equal.yaml", configMap("equal", "1"));
    servers.write("n2", "sub/equal.yaml", configMap("equal", "1"));
    Running first = servers.start("n1");
    assertThat(first.status("equal.yaml").state()).isEqualTo(AddonState.READY);
    Mark mark = controlPlane.mark();

    Running second = servers.start("n2");

    assertThat(second.status("sub/equal.yaml"))
        .extracting(AddonStatus::state, AddonStatus::message, AddonStatus::objects)
        .containsExactly(AddonState.READY, "1 object (on server n1)", 1);
    assertThat(writes("n2", mark)).isEqualTo(Map.of("patch addons.k3s.cattle.io/status", 1L));
    assertThat(winner("equal")).isEqualTo("n1");
    assertThat(sources("equal"))
        .containsExactly(
            "n1 " + servers.manifests("n1").resolve("equal.yaml"),
            "n2 " + servers.manifests("n2").resolve("sub/equal.yaml"));
    assertThat(events("equal")).containsExactly("AppliedManifest");
    Mark restart = controlPlane.mark();
    second.kill();
    assertThat(servers.start("n2").status("sub/equal.yaml").state()).isEqualTo(AddonState.READY);
    first.kill();
    assertThat(servers.start("n1").status("equal.yaml").state()).isEqualTo(AddonState.READY);
    assertThat(writes("n1", restart)).isEmpty();
    assertThat(writes("n2", restart)).isEmpty();
  }

  @Test
  void aChangeThatIsSeenTakesOverAndBothServersAreTold() throws Exception {
    for (String node : List.of("n1", "n2")) {
      servers.write(node, "edited.yaml", configMap("edited", "1"));
    }
    Running first = servers.start("n1");
    first.status("edited.yaml");
    Running second = servers.start("n2");
    second.status("edited.yaml");
    String uid = find("edited").getMetadata().getUid();

    servers.write("n2", "edited.yaml", configMap("edited", "2"));

    until(() -> assertThat(valueOf("edited")).isEqualTo("2"));
    until(
        () ->
            assertThat(first.now("edited.yaml")).contains("FAILED (OtherServerDiffers)", "on n2"));
    until(
        () ->
            assertThat(second.now("edited.yaml"))
                .contains("READY", "n1/server/manifests/edited.yaml on n1 has other content"));
    assertThat(winner("edited")).isEqualTo("n2");
    assertThat(addon("edited").toString()).contains("on n1 has other content");
    assertThat(events("edited")).containsOnlyOnce("SourcesDiffer");

    servers.write("n1", "edited.yaml", configMap("edited", "2"));

    until(() -> assertThat(first.now("edited.yaml")).contains("READY", "on server n2"));
    until(() -> assertThat(second.now("edited.yaml")).doesNotContain("other content"));
    assertThat(winner("edited")).isEqualTo("n2");
    assertThat(find("edited").getMetadata().getUid()).isEqualTo(uid);
    assertThat(events("edited")).doesNotContain("DriftRepaired");
  }

  @Test
  void aDifferenceThatIsFoundAtAStartIsToldAndChangesNothing() throws Exception {
    servers.write("n1", "found.yaml", configMap("found", "1"));
    servers.write("n2", "found.yaml", configMap("found", "2"));
    Running first = servers.start("n1");
    first.status("found.yaml");

    Running second = servers.start("n2");

    assertThat(second.status("found.yaml"))
        .extracting(AddonStatus::state, AddonStatus::reason)
        .containsExactly(AddonState.FAILED, "OtherServerDiffers");
    until(() -> assertThat(first.now("found.yaml")).contains("READY", "on n2 has other content"));
    until(() -> assertThat(events("found")).containsOnlyOnce("SourcesDiffer"));
    Mark restart = controlPlane.mark();
    second.kill();
    Running again = servers.start("n2");
    assertThat(again.status("found.yaml").reason()).isEqualTo("OtherServerDiffers");
    // What cannot be read as a manifest takes over nothing.
    servers.write("n2", "found.yaml", "a: [");
    until(() -> assertThat(again.now("found.yaml")).contains("FAILED (ParseManifestFailed)"));
    assertThat(writes("n1", restart)).isEmpty();
    assertThat(valueOf("found")).isEqualTo("1");
    assertThat(winner("found")).isEqualTo("n1");
  }

  @Test
  void whenTheWinnerIsAwayTheNextOneTakesOverOnlyWhatIsEqual() throws Exception {
    for (String node : List.of("n1", "n2", "n3")) {
      servers.write(node, "same.yaml", configMap("same", "1"));
      servers.write(node, "other.yaml", configMap("other", node));
    }
    Running first = servers.start("n1");
    first.settled();
    Running second = servers.start("n2");
    second.settled();
    servers.start("n3").settled();
    String version = find("same").getMetadata().getResourceVersion();
    Mark mark = controlPlane.mark();
    first.kill();
    // Nothing happens before its Lease is over.
    assertThat(second.status("same.yaml").message()).contains("on server n1");

    servers.expire("n1");

    until(() -> assertThat(winner("same")).isIn("n2", "n3"));
    until(
        () ->
            assertThat(second.now("other.yaml"))
                .contains("FAILED (OtherServerGone)", "what n1 applied stays"));
    until(() -> assertThat(addon("other").toString()).contains("OtherServerGone"));
    until(() -> assertThat(status("same", "instance")).isEqualTo(winner("same")));
    assertThat(find("same").getMetadata().getResourceVersion()).isEqualTo(version);
    assertThat(valueOf("other")).isEqualTo("n1");
    assertThat(objectWrites("n2", mark) + objectWrites("n3", mark)).isZero();

    // Who takes over looks after the objects.
    client.configMaps().inNamespace("default").withName("same").delete();
    until(() -> assertThat(valueOf("same")).isEqualTo("1"));

    Running again = servers.start("n1");
    until(() -> assertThat(again.now("other.yaml")).contains("READY", "on n2", "on n3"));
    until(() -> assertThat(again.now("same.yaml")).contains("READY", "on server n"));
    until(() -> assertThat(second.now("other.yaml")).contains("OtherServerDiffers"));
    assertThat(addon("other").toString()).doesNotContain("OtherServerGone");
  }

  @Test
  void twoEditsAtOnceEndWithOneOfThemAndWithoutAFight() throws Exception {
    for (String node : List.of("n1", "n2")) {
      servers.write(node, "raced.yaml", configMap("raced", "0"));
    }
    Running first = servers.start("n1");
    first.settled();
    Running second = servers.start("n2");
    second.settled();
    for (int i = 1; i <= 5; i++) {
      long generation = addon("raced").getMetadata().getGeneration();
      CyclicBarrier together = new CyclicBarrier(2);
      String round = String.valueOf(i);
      Thread other =
          new Thread(
              () -> {
                try {
                  together.await();
                  servers.write("n1", "raced.yaml", configMap("raced", "n1-" + round));
                } catch (Exception e) {
                  throw new IllegalStateException(e);
                }
              });
      other.start();
      together.await();
      servers.write("n2", "raced.yaml", configMap("raced", "n2-" + round));
      other.join();

      until(
          () -> {
            assertThat(valueOf("raced")).isEqualTo(winner("raced") + "-" + round);
            boolean firstWon = winner("raced").equals("n1");
            assertThat((firstWon ? first : second).now("raced.yaml"))
                .contains("READY", "has other content");
            assertThat((firstWon ? second : first).now("raced.yaml"))
                .contains("OtherServerDiffers");
          });
      // Each of them became the winner, and was done with applying, once at most.
      assertThat(addon("raced").getMetadata().getGeneration() - generation).isLessThanOrEqualTo(4);
    }
    assertThat(events("raced")).doesNotContain("DriftRepaired");
  }

  @Test
  void whatAFileBroughtIsPrunedOnceNoLiveServerHasIt() throws Exception {
    for (String node : List.of("n1", "n2")) {
      servers.write(node, "removed.yaml", configMap("removed", "1"));
      servers.write(node, "left.yaml", configMap("left", node));
      servers.write(node, "standby.yaml", configMap("standby", "1"));
    }
    Running first = servers.start("n1", it -> it.pruneRemovedManifests(true));
    first.settled();
    Running second = servers.start("n2", it -> it.pruneRemovedManifests(true));
    second.settled();
    String uid = find("removed").getMetadata().getUid();

    servers.delete("n1", "removed.yaml");
    servers.delete("n1", "left.yaml");
    servers.delete("n2", "standby.yaml");

    until(() -> assertThat(winner("removed")).isEqualTo("n2"));
    until(() -> assertThat(second.now("removed.yaml")).contains("READY", "1 object"));
    until(() -> assertThat(sources("removed")).hasSize(1));
    until(() -> assertThat(addon("left").toString()).contains("FileRemoved", "n2 has"));
    until(() -> assertThat(second.now("left.yaml")).contains("OtherServerGone"));
    until(() -> assertThat(sources("standby")).hasSize(1));
    assertThat(first.settled().files())
        .extracting(AddonStatus::name)
        .containsExactly("standby.yaml");
    assertThat(valueOf("left")).isEqualTo("n1");
    assertThat(find("removed").getMetadata().getUid()).isEqualTo(uid);

    servers.delete("n2", "removed.yaml");
    servers.delete("n2", "left.yaml");
    servers.delete("n1", "standby.yaml");

    until(
        () -> {
          for (String name : List.of("removed", "left", "standby")) {
            assertThat(find(name)).as(name).isNull();
            assertThat(addon(name)).as(name).isNull();
          }
        });
  }

  @Test
  void whatOneServerDisablesStaysWhileAnotherHasIt() throws Exception {
    for (String node : List.of("n1", "n2")) {
      servers.write(node, "switched.yaml", configMap("switched", "1"));
    }
    Running first = servers.start("n1");
    first.settled();
    Running second = servers.start("n2");
    second.settled();
    String uid = find("switched").getMetadata().getUid();
    first.kill();

    Running disabling = servers.start("n1", FilesOnSeveralServersIT::withoutOff);

    AddonStatus disabled = disabling.status("switched.yaml");
    assertThat(disabled.state()).isEqualTo(AddonState.DISABLED);
    assertThat(disabled.message()).startsWith("--disable switched; n2 ");
    assertThat(servers.manifests("n1").resolve("switched.yaml")).doesNotExist();
    until(() -> assertThat(winner("switched")).isEqualTo("n2"));
    until(() -> assertThat(second.now("switched.yaml")).contains("READY (Ready) 1 object"));
    until(() -> assertThat(sources("switched")).hasSize(1));
    assertThat(find("switched").getMetadata().getUid()).isEqualTo(uid);

    until(() -> assertThat(events("switched")).containsOnlyOnce("DisableDiffers"));

    second.close();
    Running both = servers.start("n2", FilesOnSeveralServersIT::withoutOff);

    assertThat(both.status("switched.yaml").message()).isEqualTo("--disable switched");
    until(() -> assertThat(find("switched")).isNull());
    assertThat(addon("switched")).isNull();
  }

  @Test
  void anAddonOfAnEarlierPlinthBelongsToTheServerThatItsStatusNames() throws Exception {
    servers.write("n1", "earlier.yaml", configMap("earlier", "1"));
    servers.write("n2", "earlier.yaml", configMap("earlier", "2"));
    servers.start("n1").settled();
    servers.close();
    client
        .genericKubernetesResources("k3s.cattle.io/v1", "Addon")
        .inNamespace("kube-system")
        .withName("earlier")
        .edit(
            it -> {
              Map<String, Object> spec = it.get("spec");
              spec.remove("instance");
              return it;
            });

    Running second = servers.start("n2");
    assertThat(second.status("earlier.yaml").reason()).isEqualTo("OtherServerDiffers");
    Running first = servers.start("n1");

    until(() -> assertThat(first.now("earlier.yaml")).contains("READY", "on n2"));
    until(() -> assertThat(winner("earlier")).isEqualTo("n1"));
    assertThat(valueOf("earlier")).isEqualTo("1");
  }

  private static ServerConfig.Builder withoutOff(ServerConfig.Builder config) {
    config.disable("switched");
    return config;
  }

  private static void until(ThrowingRunnable assertion) {
    await()
        .atMost(FileServers.PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .untilAsserted(assertion);
  }

  private Map<String, Long> writes(String node, Mark since) {
    return servers.requests(node, since).writes().countsByVerbAndResource();
  }

  private long objectWrites(String node, Mark since) {
    Requests requests = servers.requests(node, since).writes().resource("configmaps");
    return requests.count();
  }

  private GenericKubernetesResource addon(String name) {
    return client
        .genericKubernetesResources("k3s.cattle.io/v1", "Addon")
        .inNamespace("kube-system")
        .withName(name)
        .get();
  }

  private String winner(String name) {
    return addon(name).get("spec", "instance");
  }

  private String status(String name, String field) {
    return addon(name).get("status", field);
  }

  /** Who has told to have a file, and which. */
  private List<String> sources(String name) {
    List<Map<String, String>> sources = addon(name).get("status", "sources");
    return sources.stream().map(it -> it.get("instance") + " " + it.get("path")).sorted().toList();
  }

  private List<String> events(String addon) {
    return client
        .v1()
        .events()
        .inNamespace("kube-system")
        .withField("involvedObject.name", addon)
        .list()
        .getItems()
        .stream()
        .map(Event::getReason)
        .collect(Collectors.toList());
  }

  private ConfigMap find(String name) {
    return client.configMaps().inNamespace("default").withName(name).get();
  }

  private String valueOf(String name) {
    ConfigMap map = find(name);
    return map == null ? "" : map.getData().get("value");
  }

  private static String configMap(String name, String value) {
    return """
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: %s, namespace: default}
    data: {value: "%s"}
    """
        .formatted(name, value);
  }
}
