package dev.plinth.addons.coredns;

import static dev.plinth.addons.coredns.Nodes.node;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.plinth.addon.AddonContext;
import dev.plinth.config.ServerConfig;
import dev.plinth.controlplane.Component;
import dev.plinth.controlplane.ControlPlane;
import dev.plinth.controlplane.Mark;
import dev.plinth.controlplane.Requests;
import dev.plinth.testkit.ControlPlaneExtension;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** NodeHosts on a real API server, kept under the rights that the add-on needs and no others. */
class NodeHostsIT {

  private static final Logger LOG = LoggerFactory.getLogger(NodeHostsIT.class);

  private static final String USER = "plinth";
  private static final String MANAGER = "plinth-coredns";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @RegisterExtension
  private static final ControlPlaneExtension CONTROL_PLANE =
      ControlPlaneExtension.fresh(
          it -> it.without(Component.CONTROLLER_MANAGER, Component.SCHEDULER, Component.NODES));

  private static ControlPlane controlPlane;
  private static KubernetesClient admin;
  private static KubernetesClient plinth;

  private final CoreDnsAddon addon = new CoreDnsAddon();

  @BeforeAll
  static void giveRights() {
    controlPlane = CONTROL_PLANE.controlPlane();
    admin = controlPlane.client();
    admin.load(NodeHostsIT.class.getResourceAsStream("rights.yaml")).serverSideApply();
    plinth = controlPlane.clientFor(USER);
  }

  @BeforeEach
  void startWithNothing() {
    admin.nodes().delete();
    configMap().delete();
    await().until(() -> configMap().get() == null && admin.nodes().list().getItems().isEmpty());
  }

  @Test
  void isThereBeforeTheManifestIs() throws Exception {
    create(node("n1", "InternalIP=10.0.0.1", "InternalIP=fd00::1", "Hostname=h1"));
    create(node("n2", "InternalIP=10.0.0.2"));

    addon.prepare(context());

    assertThat(mappings()).containsExactly("10.0.0.1 n1 h1", "10.0.0.2 n2", "fd00::1 n1 h1");
    assertThat(configMap().get().getData()).containsOnlyKeys("NodeHosts");
    assertThat(configMap().get().getMetadata().getLabels()).isEmpty();
    assertThat(configMap().get().getMetadata().getManagedFields())
        .extracting(ManagedFieldsEntry::getManager, ManagedFieldsEntry::getOperation)
        .containsExactly(tuple(MANAGER, "Apply"));
  }

  @Test
  void isThereWithoutAnyNode() {
    addon.prepare(context());

    assertThat(configMap().get().getData()).containsExactly(Map.entry("NodeHosts", ""));
  }

  @Test
  void isNotWrittenAgainWhenNothingHasChanged() throws Exception {
    create(node("n1", "InternalIP=10.0.0.1"));
    addon.prepare(context());
    Mark start = controlPlane.mark();

    addon.prepare(context());
    try (ReconcilerHost host = host()) {
      create(node("n2", "InternalIP=10.0.0.2"));
      await().atMost(PATIENCE).until(() -> mappings().contains("10.0.0.2 n2"));
    }

    assertThat(writes(start).count()).as("%s", writes(start)).isEqualTo(1);
  }

  @Test
  void survivesAnApplyOfTheManifestAndTakesOverWhatK3sWrote() throws Exception {
    create(node("n1", "InternalIP=10.0.0.1"));
    admin
        .resource(
            configMapWith("NodeHosts", "10.0.0.9 n1\n10.0.0.1 n1\n172.18.0.1 host.k3d.internal\n"))
        .fieldManager("k3s")
        .serverSideApply();

    addon.prepare(context());
    applyManifest();

    assertThat(mappings()).containsExactly("172.18.0.1 host.k3d.internal", "10.0.0.1 n1");
    assertThat(configMap().get().getData()).containsKeys("Corefile", "NodeHosts");
  }

  @Test
  void followsNodesThatChangeAreRenamedAndGo() throws Exception {
    create(node("n1", "InternalIP=10.0.0.1"));
    create(node("n2", "InternalIP=10.0.0.2"));
    addon.prepare(context());
    applyManifest();
    try (ReconcilerHost host = host()) {
      setAddresses(node("n1", "InternalIP=10.0.0.7", "InternalIP=fd00::7"));
      awaitMappings("10.0.0.2 n2", "10.0.0.7 n1", "fd00::7 n1");

      admin.nodes().withName("n1").delete();
      create(node("n3", "InternalIP=10.0.0.7", "Hostname=h3"));
      awaitMappings("10.0.0.2 n2", "10.0.0.7 n3 h3");

      assertThat(admin.nodes().list().getItems())
          .allSatisfy(it -> assertThat(it.getMetadata().getFinalizers()).isEmpty());
    }
  }

  @Test
  void losesNodesThatWereDeletedWhileNobodyWatchedAndKeepsUsersLines() throws Exception {
    create(node("n1", "InternalIP=10.0.0.1"));
    create(node("n2", "InternalIP=10.0.0.2"));
    addon.prepare(context());
    applyManifest();
    appendToNodeHosts("# mine\n1.2.3.4 a\n");
    admin.nodes().withName("n1").delete();

    try (ReconcilerHost host = host()) {
      awaitMappings("10.0.0.2 n2", "1.2.3.4 a");
      assertThat(nodeHosts()).endsWith("# mine\n1.2.3.4 a\n");
    }
  }

  @Test
  void isBackWhenTheConfigMapOrTheKeyWasDeleted() throws Exception {
    create(node("n1", "InternalIP=10.0.0.1"));
    addon.prepare(context());
    applyManifest();
    try (ReconcilerHost host = host()) {
      configMap().delete();
      applyManifest();
      awaitMappings("10.0.0.1 n1");

      configMap().edit(it -> new ConfigMapBuilder(it).removeFromData("NodeHosts").build());
      awaitMappings("10.0.0.1 n1");
    }
  }

  @Test
  void isNotWrittenIntoAConfigMapOfSomebodyElse() throws Exception {
    admin
        .resource(configMapWith("Corefile", ".:53 {}\n"))
        .fieldManager("kubeadm")
        .serverSideApply();
    try (ReconcilerHost host = host()) {
      Mark start = controlPlane.mark();
      create(node("n1", "InternalIP=10.0.0.1"));
      await()
          .during(Duration.ofSeconds(2))
          .atMost(PATIENCE)
          .until(() -> !configMap().get().getData().containsKey("NodeHosts"));
      assertThat(writes(start).isEmpty()).as("%s", writes(start)).isTrue();

      applyManifest();
      awaitMappings("10.0.0.1 n1");
    }
  }

  @Test
  void neverLosesALineThatIsAddedBetweenReadingAndWriting() throws Exception {
    create(node("n1", "InternalIP=10.0.0.1"));
    addon.prepare(context());
    admin.nodes().withName("n1").delete();
    AtomicBoolean first = new AtomicBoolean(true);
    Mark start = controlPlane.mark();

    try (KubernetesClient racing =
        clientThatRunsBeforePatches(
            () -> {
              if (first.getAndSet(false)) {
                appendToNodeHosts("1.2.3.4 a\n");
              }
            })) {
      new NodeHostsWriter(racing, MANAGER).createOrUpdate(List.of());
    }

    assertThat(nodeHosts()).isEqualTo("1.2.3.4 a\n");
    assertThat(writes(start).stream().map(it -> it.code())).containsExactly(409, 200);
  }

  @Test
  void isCreatedAgainIfTheConfigMapGoesBetweenReadingAndWriting() throws Exception {
    addon.prepare(context());
    Mark start = controlPlane.mark();
    AtomicBoolean first = new AtomicBoolean(true);

    try (KubernetesClient racing =
        clientThatRunsBeforePatches(
            () -> {
              if (first.getAndSet(false)) {
                configMap().delete();
              }
            })) {
      new NodeHostsWriter(racing, MANAGER).createOrUpdate(List.of(Nodes.withIps("n1", "10.0.0.1")));
    }

    assertThat(mappings()).containsExactly("10.0.0.1 n1");
    assertThat(writes(start).stream().map(it -> it.code())).containsExactly(409, 201);
  }

  @Test
  void isNotTouchedByHeartbeats() throws Exception {
    create(node("n1", "InternalIP=10.0.0.1"));
    addon.prepare(context());
    applyManifest();
    try (ReconcilerHost host = host()) {
      create(node("n2", "InternalIP=10.0.0.2"));
      awaitMappings("10.0.0.1 n1", "10.0.0.2 n2");
      Mark start = controlPlane.mark();

      for (int beat = 0; beat < 50; beat++) {
        heartbeat("n1", beat);
      }
      create(node("n3", "InternalIP=10.0.0.3"));
      awaitMappings("10.0.0.1 n1", "10.0.0.2 n2", "10.0.0.3 n3");

      Requests ours = controlPlane.requestsSince(start).username(USER);
      assertThat(ours.countsByVerbAndResource())
          .containsEntry("patch configmaps", 1L)
          .containsEntry("get configmaps", 1L);
    }
  }

  @Test
  void isCompleteSoonAfterAThousandNodesJoinedAtOnceWithFewWrites() throws Exception {
    addon.prepare(context());
    applyManifest();
    try (ReconcilerHost host = host()) {
      Mark start = controlPlane.mark();
      long created = System.nanoTime();
      createAtOnce(1_000);
      long joined = System.nanoTime();
      await()
          .pollInterval(Duration.ofMillis(50))
          .atMost(PATIENCE)
          .until(() -> mappings().size() == 1_000);
      long complete = System.nanoTime();

      Requests writes = writes(start);
      LOG.info(
          "1,000 nodes created in {} ms; NodeHosts complete {} ms after the last, {} writes, {}"
              + " bytes",
          Duration.ofNanos(joined - created).toMillis(),
          Duration.ofNanos(complete - joined).toMillis(),
          writes.count(),
          nodeHosts().getBytes(UTF_8).length);
      assertThat(writes.count()).as("%s", writes).isBetween(1, 6);
      assertThat(writes).allSatisfy(it -> assertThat(it.code()).isEqualTo(200));
    }
  }

  @Test
  void leavesNothingOfAConfigMapThatWasOnlyPrepared() {
    addon.prepare(context());

    addon.cleanUp(context());
    addon.cleanUp(context());

    assertThat(configMap().get()).isNull();
  }

  @Test
  void leavesToTheEngineAConfigMapThatOthersWroteTo() {
    addon.prepare(context());
    applyManifest();

    addon.cleanUp(context());

    assertThat(configMap().get()).isNotNull();
  }

  private ReconcilerHost host() {
    return new ReconcilerHost(plinth, addon.reconcilers(context()));
  }

  private static AddonContext context() {
    return new AddonContext(
        ServerConfig.builder().dataDir(Path.of("unused")).nodeName("server").build(),
        plinth,
        MANAGER);
  }

  /** What the engine does with the ConfigMap in the manifest. */
  private static void applyManifest() {
    admin
        .resource(
            new ConfigMapBuilder(configMapWith("Corefile", ".:53 {}\n"))
                .editMetadata()
                .addToLabels("plinth.dev/addon", "coredns")
                .endMetadata()
                .build())
        .fieldManager("plinth")
        .forceConflicts()
        .serverSideApply();
  }

  private static ConfigMap configMapWith(String key, String value) {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withNamespace("kube-system")
        .withName("coredns")
        .endMetadata()
        .addToData(key, value)
        .build();
  }

  private static Resource<ConfigMap> configMap() {
    return admin.configMaps().inNamespace("kube-system").withName("coredns");
  }

  private static String nodeHosts() {
    ConfigMap live = configMap().get();
    return live == null ? "" : live.getData().getOrDefault("NodeHosts", "");
  }

  private static List<String> mappings() {
    return nodeHosts().lines().filter(it -> !it.startsWith("#")).toList();
  }

  private static void awaitMappings(String... lines) {
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(mappings()).containsExactly(lines));
  }

  private static void appendToNodeHosts(String lines) {
    configMap()
        .edit(
            it ->
                new ConfigMapBuilder(it)
                    .addToData("NodeHosts", it.getData().get("NodeHosts") + lines)
                    .build());
  }

  private static void create(Node node) {
    admin.resource(node).create();
  }

  private static void createAtOnce(int count) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(16);
    try {
      List<Future<?>> creations = new ArrayList<>();
      IntStream.range(0, count)
          .mapToObj(i -> node("node-" + i, "InternalIP=10.1.%d.%d".formatted(i / 250, i % 250 + 1)))
          .forEach(node -> creations.add(threads.submit(() -> create(node))));
      for (Future<?> creation : creations) {
        creation.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static void setAddresses(Node node) {
    admin
        .nodes()
        .withName(node.getMetadata().getName())
        .editStatus(it -> new NodeBuilder(it).withStatus(node.getStatus()).build());
  }

  private static void heartbeat(String name, int beat) {
    admin
        .nodes()
        .withName(name)
        .editStatus(
            it ->
                new NodeBuilder(it)
                    .editOrNewStatus()
                    .withPhase(null)
                    .withConditions()
                    .addNewCondition()
                    .withType("Ready")
                    .withStatus("True")
                    .withReason("Beat" + beat)
                    .endCondition()
                    .endStatus()
                    .build());
  }

  private static Requests writes(Mark start) {
    return controlPlane.requestsSince(start).writes().fieldManager(MANAGER);
  }

  private static KubernetesClient clientThatRunsBeforePatches(Runnable action) {
    Interceptor interceptor =
        new Interceptor() {
          @Override
          public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
            if (request.method().equals("PATCH")) {
              action.run();
            }
          }
        };
    return new KubernetesClientBuilder()
        .withConfig(controlPlane.clientConfigFor(USER))
        .withHttpClientBuilderConsumer(it -> it.addOrReplaceInterceptor("race", interceptor))
        .build();
  }
}
