package dev.plinth.examples.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plinth.controlplane.ControlPlane;
import dev.plinth.controlplane.Mark;
import dev.plinth.controlplane.Requests;
import dev.plinth.testkit.ControlPlaneExtension;
import dev.plinth.testkit.fault.ServerProcess;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Three launchers that keep one cluster, with Leases as long as users have them. */
@Tag("exhaustive")
class SeveralLaunchersIT {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration LEASE = Duration.ofSeconds(15);
  private static final Duration TAKE_OVER = LEASE.multipliedBy(3).dividedBy(2);
  private static final Duration AT_ONCE = Duration.ofSeconds(5);
  private static final List<String> NODES = List.of("a", "b", "c");
  private static final String NAMESPACE = "default";
  private static final String USER = "system:serviceaccount:" + NAMESPACE + ":launcher-";
  private static final String READY = "To use the cluster:";

  @RegisterExtension
  static final ControlPlaneExtension CONTROL_PLANE =
      ControlPlaneExtension.fresh(builder -> builder.nodes(1));

  @TempDir Path directory;

  private final ControlPlane controlPlane = CONTROL_PLANE.controlPlane();
  private final KubernetesClient admin = controlPlane.client();
  private final Map<String, Path> kubeconfigs = new LinkedHashMap<>();
  private final Map<String, ServerProcess> running = new LinkedHashMap<>();
  private final List<ServerProcess> all = new ArrayList<>();

  @BeforeEach
  void startAll() {
    NODES.forEach(this::start);
    NODES.forEach(this::awaitReady);
  }

  @AfterEach
  void killAll() {
    all.forEach(ServerProcess::close);
    admin.leases().inNamespace("kube-system").withLabel("plinth.dev/server").delete();
  }

  @Test
  void nothingIsWrittenAgainWhileServersAreKilledPausedAndRestarted() {
    Map<String, String> uids = uids();
    String checksum = addon().get("spec", "checksum");
    Mark mark = controlPlane.mark();

    String killed = leader().orElseThrow();
    running.get(killed).kill();
    long begun = System.nanoTime();
    String second = awaitLeaderOtherThan(killed);
    assertThat(since(begun)).as("after kill -9").isLessThan(TAKE_OVER);
    start(killed);
    awaitReady(killed);

    running.get(second).pause();
    begun = System.nanoTime();
    String third = awaitLeaderOtherThan(second);
    assertThat(since(begun)).as("of one that stands still").isLessThan(TAKE_OVER);
    running.get(second).resume();

    for (String node : Stream.concat(Stream.of(third), NODES.stream()).distinct().toList()) {
      boolean led = leader().equals(Optional.of(node));
      assertThat(running.get(node).terminate()).as(running.get(node).output()).isZero();
      begun = System.nanoTime();
      awaitLeaderOtherThan(node);
      assertThat(since(begun)).as("after the end of %s, %s", node, led).isLessThan(AT_ONCE);
      start(node);
      awaitReady(node);
    }

    assertThat(uids()).as("nothing was made anew, no pod restarted").isEqualTo(uids);
    assertThat(
            requestsSince(mark)
                .writes()
                .filter(it -> !it.resource().equals("events") && !it.resource().equals("addons")))
        .isEmpty();
    // Who leads writes to the Addon who keeps it, and from which file: the directories differ here.
    assertThat(addon().<String>get("spec", "source"))
        .isEqualTo(manifestOf(leader().orElseThrow()).toString());
    assertThat(addon().<String>get("spec", "checksum")).isEqualTo(checksum);
  }

  private GenericKubernetesResource addon() {
    return admin
        .genericKubernetesResources("k3s.cattle.io/v1", "Addon")
        .inNamespace("kube-system")
        .withName("coredns")
        .get();
  }

  private Path manifestOf(String node) {
    return directory.resolve(node).resolve("server/manifests/coredns.yaml");
  }

  /** An admin deletes what the leader then brings back, and dies doing it. */
  @Test
  void whatALeaderHadBegunWhenItWasKilledIsBroughtToItsEnd() throws Exception {
    String killed = leader().orElseThrow();
    Deployment before = coreDns().get();

    admin.rbac().clusterRoles().withName("system:coredns").delete();
    admin.services().inNamespace("kube-system").withName("kube-dns").delete();
    coreDns().delete();
    running.get(killed).kill();

    awaitLeaderOtherThan(killed);
    patiently()
        .untilAsserted(
            () -> {
              assertThat(admin.rbac().clusterRoles().withName("system:coredns").get()).isNotNull();
              assertThat(admin.services().inNamespace("kube-system").withName("kube-dns").get())
                  .isNotNull();
              assertThat(coreDns().get()).isNotNull();
              assertThat(coreDns().get().getSpec().getTemplate())
                  .isEqualTo(before.getSpec().getTemplate());
            });
  }

  private io.fabric8.kubernetes.client.dsl.RollableScalableResource<Deployment> coreDns() {
    return admin.apps().deployments().inNamespace("kube-system").withName("coredns");
  }

  private void start(String node) {
    ServerProcess process =
        ServerProcess.java(
            Main.class,
            directory.resolve("%s-%d.log".formatted(node, all.size())),
            "server",
            "--kubeconfig",
            kubeconfigs.computeIfAbsent(node, this::kubeconfig).toString(),
            "--node-name",
            node,
            "--data-dir",
            directory.resolve(node).toString(),
            "--disable",
            "traefik,servicelb,helm-controller");
    running.put(node, process);
    all.add(process);
  }

  /** Of an account of its own, so that its requests can be told from all others. */
  private Path kubeconfig(String node) {
    String name = "launcher-" + node;
    admin
        .resource(
            new ServiceAccountBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(NAMESPACE)
                .endMetadata()
                .build())
        .serverSideApply();
    admin
        .resource(
            new ClusterRoleBindingBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", "cluster-admin")
                .addNewSubject("", "ServiceAccount", name, NAMESPACE)
                .build())
        .serverSideApply();
    String token =
        admin
            .serviceAccounts()
            .inNamespace(NAMESPACE)
            .withName(name)
            .tokenRequest()
            .getStatus()
            .getToken();
    try {
      return Files.writeString(
          directory.resolve(name + ".kubeconfig"),
          Files.readString(controlPlane.kubeconfig())
              .replaceFirst("token: .*", "token: \"" + token + "\""));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitReady(String node) {
    running.get(node).awaitOutput(READY, PATIENCE);
  }

  private Optional<String> leader() {
    return Optional.ofNullable(admin.leases().inNamespace("kube-system").withName("plinth").get())
        .map(it -> it.getSpec().getHolderIdentity())
        .filter(it -> !it.isEmpty())
        .map(it -> it.substring(0, it.lastIndexOf('_')));
  }

  private String awaitLeaderOtherThan(String node) {
    return patiently()
        .pollInterval(Duration.ofMillis(20))
        .until(this::leader, it -> it.isPresent() && !it.get().equals(node))
        .orElseThrow();
  }

  /** Of all that is Plinth's, and of the pods. */
  private Map<String, String> uids() {
    Map<String, String> uids = new TreeMap<>();
    Stream.<List<? extends HasMetadata>>of(
            admin.configMaps().inNamespace("kube-system").list().getItems(),
            admin.services().inNamespace("kube-system").list().getItems(),
            admin.serviceAccounts().inNamespace("kube-system").list().getItems(),
            admin.apps().deployments().inNamespace("kube-system").list().getItems(),
            admin.pods().inNamespace("kube-system").list().getItems(),
            admin.rbac().clusterRoles().list().getItems())
        .flatMap(List::stream)
        .forEach(
            it ->
                uids.put(
                    it.getKind() + "/" + it.getMetadata().getName(), it.getMetadata().getUid()));
    assertThat(uids.keySet()).anyMatch(it -> it.startsWith("Pod/coredns"));
    return uids;
  }

  private Requests requestsSince(Mark mark) {
    return controlPlane.requestsSince(mark).filter(it -> it.username().startsWith(USER));
  }

  private static Duration since(long nanoTime) {
    return Duration.ofNanos(System.nanoTime() - nanoTime);
  }

  private static ConditionFactory patiently() {
    return await().atMost(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }
}
