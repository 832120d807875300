package dev.plinth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plinth.addon.Addon;
import dev.plinth.addon.Slot;
import dev.plinth.config.ServerConfig;
import dev.plinth.controlplane.ControlPlane;
import dev.plinth.controlplane.Mark;
import dev.plinth.controlplane.Request;
import dev.plinth.report.AddonReport;
import dev.plinth.report.AddonState;
import dev.plinth.report.AddonStatus;
import dev.plinth.testkit.WithControlPlane;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@WithControlPlane(nodes = 1)
class DisableIT {

  @TempDir Path data;

  private ControlPlane controlPlane;
  private KubernetesClient client;
  private TestHost host;

  @BeforeEach
  void begin(ControlPlane started) {
    controlPlane = started;
    client = started.client();
    host = TestHost.of(started, data);
  }

  @Test
  void objectsThenTheAddonThenTheFileGoAndNothingElse() throws Exception {
    TestAddon addon =
        TestAddon.of(
            "ended",
            configMap("ended")
                + """
                ---
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: ended, namespace: default}
                spec:
                  selector: {matchLabels: {app: ended}}
                  template:
                    metadata: {labels: {app: ended}}
                    spec: {containers: [{name: c, image: example.org/c}]}
                """);
    host.runReady(addon, simple("remaining"));
    Mark mark = controlPlane.mark();

    AddonReport report = host.run(disabling("ended"), addon, simple("remaining"));

    AddonStatus status = report.addon("ended").orElseThrow();
    assertThat(status.state()).as(report.toString()).isEqualTo(AddonState.DISABLED);
    assertThat(status.reason()).isEqualTo("DisableFlag");
    assertThat(status.message()).isEqualTo("--disable ended");
    assertThat(report.addon("remaining").orElseThrow().state()).isEqualTo(AddonState.READY);
    assertThat(host.requestsSince(mark).writes().list())
        .extracting(it -> it.verb() + " " + it.resource())
        .containsExactly(
            "create events", "delete deployments", "delete configmaps", "delete addons");
    assertThat(host.manifests().resolve("ended.yaml")).doesNotExist();
    assertThat(host.manifests().resolve("remaining.yaml")).exists();
  }

  @Test
  void itGoesWithoutItsFileToo() throws Exception {
    host.runReady(simple("file-gone"));
    Files.delete(host.manifests().resolve("file-gone.yaml"));

    host.run(disabling("file-gone"), simple("file-gone"));

    assertThat(host.addon("file-gone")).isNull();
    assertThat(exists("file-gone")).isFalse();
  }

  @Test
  void itGoesWithoutItsCodeToo() throws Exception {
    host.runReady(simple("code-gone"));

    AddonReport report = host.run(disabling("code-gone"));

    assertThat(report.addon("code-gone").orElseThrow().state())
        .as(report.toString())
        .isEqualTo(AddonState.DISABLED);
    assertThat(host.addon("code-gone")).isNull();
    assertThat(exists("code-gone")).isFalse();
    assertThat(host.manifests().resolve("code-gone.yaml")).doesNotExist();
  }

  @Test
  void aRemovalThatWasInterruptedIsCompletedByTheNextStart() throws Exception {
    String stuck =
        "---\n"
            + "{apiVersion: v1, kind: ConfigMap, metadata: {name: %s, namespace: default,"
            + " finalizers: [example.org/stuck]}}\n";
    TestAddon addon =
        TestAddon.of(
            "interrupted", configMap("interrupted") + stuck.formatted("interrupted-stuck"));
    host.runReady(addon);
    PlinthServer first = host.server(disabling("interrupted"), addon).start();
    await().atMost(TestHost.PATIENCE).until(() -> !exists("interrupted"));
    first.close();
    assertThat(host.addon("interrupted")).isNotNull();
    assertThat(host.manifests().resolve("interrupted.yaml")).exists();

    try (PlinthServer second = host.server(disabling("interrupted"), addon).start()) {
      client
          .configMaps()
          .inNamespace("default")
          .withName("interrupted-stuck")
          .edit(
              it -> {
                it.getMetadata().setFinalizers(List.of());
                return it;
              });

      AddonReport report = second.awaitReady(TestHost.PATIENCE);
      assertThat(report.addon("interrupted").orElseThrow().state())
          .as(report.toString())
          .isEqualTo(AddonState.DISABLED);
    }
    assertThat(exists("interrupted-stuck")).isFalse();
    assertThat(host.addon("interrupted")).isNull();
    assertThat(host.manifests().resolve("interrupted.yaml")).doesNotExist();
  }

  @Test
  void objectsOfProtectedKindsStayAndAreListedUntilTheServerIsToldToDeleteThem() throws Exception {
    TestAddon addon =
        TestAddon.of(
            "kept-ns",
            configMap("kept-ns")
                + "---\n{apiVersion: v1, kind: Namespace, metadata: {name: kept-ns}}\n");
    host.runReady(addon);

    AddonStatus status;
    try (PlinthServer server = host.server(disabling("kept-ns"), addon).start()) {
      server.awaitReady(TestHost.PATIENCE);
      // The end of the Addon and of its objects, as the server sees it, changes nothing.
      await()
          .during(Duration.ofMillis(500))
          .atMost(TestHost.PATIENCE)
          .until(() -> server.status().addon("kept-ns").orElseThrow().message().contains("left"));
      status = server.status().addon("kept-ns").orElseThrow();
    }

    assertThat(status.state()).isEqualTo(AddonState.DISABLED);
    assertThat(status.message()).contains("--disable kept-ns", "Namespace kept-ns: left");
    assertThat(client.namespaces().withName("kept-ns").get()).isNotNull();
    assertThat(host.addon("kept-ns")).isNull();

    host.run(host.config().disable("kept-ns").deleteProtected("kept-ns").build(), addon);

    assertThat(client.namespaces().withName("kept-ns").get()).isNull();
  }

  @Test
  void whatWasDisabledComesBackWhenItIsEnabled() throws Exception {
    host.runReady(simple("returning"));
    host.run(disabling("returning"), simple("returning"));

    host.runReady(simple("returning"));

    assertThat(exists("returning")).isTrue();
  }

  @Test
  void aStartWithSomethingDisabledThatIsNotThereWritesNothing() throws Exception {
    host.runReady(simple("present"));
    Mark mark = controlPlane.mark();

    host.run(disabling("absent"), simple("present"), simple("absent"));

    assertThat(host.requestsSince(mark).writes()).isEmpty();
  }

  @Test
  void theCleanUpOfTheAddonComesBeforeItsObjectsGo() throws Exception {
    host.runReady(simple("tidy"));
    CountDownLatch cleaned = new CountDownLatch(1);

    host.run(
        disabling("tidy"),
        simple("tidy")
            .cleaningUp(
                context -> {
                  if (exists("tidy")) {
                    cleaned.countDown();
                  }
                }));

    assertThat(cleaned.getCount()).isZero();
  }

  @Test
  void disablingTheDnsWarnsOnceIfNothingAnswersAtTheClusterDnsAddress() throws Exception {
    TestAddon dns = simple("no-dns").filling(Slot.DNS);
    ServerConfig config = host.config().disable("no-dns").clusterDns("10.43.9.53").build();

    AddonReport report = host.run(config, dns);

    assertThat(report.warnings())
        .filteredOn(it -> it.contains("10.43.9.53"))
        .singleElement()
        .asString()
        .contains("nothing answers");
  }

  @Test
  void disablingTheDnsDoesNotWarnIfAForeignServiceAnswersThere() throws Exception {
    Service service =
        new ServiceBuilder()
            .withNewMetadata()
            .withName("foreign-dns")
            .withNamespace("default")
            .endMetadata()
            .withNewSpec()
            .withClusterIP("10.43.9.54")
            .addNewPort()
            .withPort(53)
            .withProtocol("UDP")
            .endPort()
            .endSpec()
            .build();
    client.resource(service).create();
    TestAddon dns = simple("foreign").filling(Slot.DNS);
    ServerConfig config = host.config().disable("foreign").clusterDns("10.43.9.54").build();
    assertThat(host.run(config, dns).warnings())
        .singleElement()
        .asString()
        .contains("default/foreign-dns", "no ready endpoint");

    client
        .resource(
            new EndpointSliceBuilder()
                .withNewMetadata()
                .withName("foreign-dns")
                .withNamespace("default")
                .withLabels(Map.of("kubernetes.io/service-name", "foreign-dns"))
                .endMetadata()
                .withAddressType("IPv4")
                .addNewEndpoint()
                .withAddresses("192.0.2.53")
                .withNewConditions()
                .withReady(true)
                .endConditions()
                .endEndpoint()
                .build())
        .create();

    assertThat(host.run(config, dns).warnings()).isEmpty();
  }

  @Test
  void aFileThatANewVersionDoesNotShipGoesWithItsObjects() throws Exception {
    TestAddon before = simple("shrinking").with("shrinking-more.yaml", configMap("shrinking-more"));
    host.runReady(before);

    runUntilGone("shrinking-more", simple("shrinking"));

    assertThat(exists("shrinking-more")).isFalse();
    assertThat(exists("shrinking")).isTrue();
    assertThat(host.manifests().resolve("shrinking-more.yaml")).doesNotExist();
  }

  @Test
  void aFileThatANewVersionShipsElsewhereKeepsItsObjects() throws Exception {
    host.runReady(TestAddon.named("moved").with("moved.yaml", configMap("moved")));
    Mark mark = controlPlane.mark();
    Addon after = TestAddon.named("moved").with("dir/moved.yaml", configMap("moved"));

    try (PlinthServer server = host.start(after)) {
      assertThat(server.awaitReady(TestHost.PATIENCE).ready()).isTrue();
      await()
          .atMost(TestHost.PATIENCE)
          .until(() -> Files.notExists(host.manifests().resolve("moved.yaml")));
    }

    assertThat(host.requestsSince(mark).writes().verb("delete")).isEmpty();
    assertThat(exists("moved")).isTrue();
    assertThat(host.addon("moved").<String>get("spec", "source")).endsWith("dir/moved.yaml");
  }

  @Test
  void anEditedFileIsKeptAsideReplacedAndTold() throws Exception {
    host.runReady(simple("edited"));
    Path file = host.manifests().resolve("edited.yaml");
    String packaged = Files.readString(file);
    Files.writeString(file, "# mine\n" + packaged);

    AddonReport report = host.runReady(simple("edited"));

    assertThat(file).hasContent(packaged);
    assertThat(keptAside())
        .singleElement()
        .satisfies(it -> assertThat(it).content().startsWith("# mine"));
    assertThat(report.warnings())
        .singleElement()
        .asString()
        .contains("edited.yaml was edited", keptAside().get(0).toString());
    assertThat(host.eventReasons("edited")).contains("ManifestEdited");
    assertThat(host.runReady(simple("edited")).warnings()).isEmpty();
  }

  @Test
  void whatLooksLikeAMemberByItsLabelAloneIsNotTouched() throws Exception {
    host.runReady(simple("lookalike"));
    client
        .resource(
            new ConfigMapBuilder()
                .withNewMetadata()
                .withName("lookalike-foreign")
                .withNamespace("default")
                .withLabels(
                    client
                        .configMaps()
                        .inNamespace("default")
                        .withName("lookalike")
                        .get()
                        .getMetadata()
                        .getLabels())
                .endMetadata()
                .build())
        .create();
    Mark mark = controlPlane.mark();

    host.run(disabling("lookalike"), simple("lookalike"));

    assertThat(host.requestsSince(mark).writes().verb("delete").list())
        .extracting(Request::name)
        .containsExactly("lookalike", "lookalike");
    assertThat(exists("lookalike-foreign")).isTrue();
  }

  @Test
  void thoseThatNeedOthersGoBeforeThem() throws Exception {
    TestAddon base = simple("base");
    TestAddon dependent = simple("a-dependent").requiring("base");
    host.runReady(base, dependent);
    Mark mark = controlPlane.mark();

    host.run(host.config().disable("base", "a-dependent").build(), base, dependent);

    assertThat(host.requestsSince(mark).writes().verb("delete").resource("configmaps").list())
        .extracting(Request::name)
        .containsExactly("a-dependent", "base");
  }

  private void runUntilGone(String addonResource, Addon... addons) {
    try (PlinthServer server = host.start(addons)) {
      await()
          .atMost(TestHost.PATIENCE)
          .untilAsserted(
              () -> {
                assertThat(server.status().ready()).isTrue();
                assertThat(host.addon(addonResource)).isNull();
                assertThat(host.manifests().resolve(addonResource + ".yaml")).doesNotExist();
              });
    }
  }

  private List<Path> keptAside() throws IOException {
    try (Stream<Path> files = Files.walk(data.resolve("server/manifests-edited"))) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  private ServerConfig disabling(String... names) {
    return host.config().disable(names).build();
  }

  private boolean exists(String configMap) {
    return client.configMaps().inNamespace("default").withName(configMap).get() != null;
  }

  private static TestAddon simple(String name) {
    return TestAddon.of(name, configMap(name));
  }

  private static String configMap(String name) {
    return "---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: %s, namespace: default}}\n"
        .formatted(name);
  }
}
