package dev.plinth.addons.servicelb;

import static dev.plinth.addons.servicelb.Objects.node;
import static dev.plinth.addons.servicelb.Objects.pendingPod;
import static dev.plinth.addons.servicelb.Objects.pod;
import static dev.plinth.addons.servicelb.Objects.readyPod;
import static dev.plinth.addons.servicelb.Objects.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.addons.servicelb.HostPortHolders.HostPort;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DiagnosisTest {

  private static final String NO_PORTS =
      "0/3 nodes are available: 1 node(s) didn't have free ports for the requested pod ports";
  private static final ContainerLogs NO_LOGS = (pod, container, previous) -> List.of();
  private static final Service WEB = service("web").build();

  @Test
  void nothing_is_wrong_with_pods_that_are_ready_or_have_just_been_made() {
    assertThat(problem(daemonSet(1, 3), List.of(readyPod("a"), pod("b", false).build()))).isEmpty();
    assertThat(problem(daemonSet(1, null), List.of())).isEmpty();
  }

  @Test
  void who_holds_a_port_is_named_with_port_and_node() {
    HostPortHolders holders =
        node ->
            node.equals("a")
                ? List.of(
                    new HostPort("443/TCP", "pod x/other"),
                    new HostPort("80/UDP", "pod x/other"),
                    new HostPort("80/TCP", "Service default/first"))
                : List.of(new HostPort("80/TCP", "pod shop/squatter"));

    assertThat(
            problem(
                daemonSet(1, 2),
                List.of(pendingPod("b", NO_PORTS), pendingPod("a", NO_PORTS)),
                holders))
        .hasValueSatisfying(
            it -> {
              assertThat(it.reason()).isEqualTo("HostPortTaken");
              assertThat(it.message())
                  .startsWith(
                      "port 80/TCP of node a is held by Service default/first, port 80/TCP of node"
                          + " b is held by pod shop/squatter; use another port");
            });
  }

  @Test
  void only_a_few_nodes_are_asked_and_named() {
    List<String> asked = new ArrayList<>();
    HostPortHolders holders =
        node -> {
          asked.add(node);
          return List.of(new HostPort("80/TCP", "pod x/y"));
        };
    List<Pod> pods =
        IntStream.range(0, 9).mapToObj(i -> pendingPod("node-" + i, NO_PORTS)).toList();

    assertThat(problem(daemonSet(1, 9), pods, holders).orElseThrow().message())
        .contains("node-0", "node-1", "node-2", "and 6 more nodes")
        .doesNotContain("node-3");
    assertThat(asked).hasSize(3);
  }

  @Test
  void a_port_that_is_held_by_an_earlier_pod_of_the_service_or_free_again_is_no_problem() {
    HostPortHolders ourselves = node -> List.of(new HostPort("80/TCP", "Service default/web"));

    assertThat(problem(daemonSet(1, 1), List.of(pendingPod("a", NO_PORTS)), ourselves)).isEmpty();
    assertThat(problem(daemonSet(1, 1), List.of(pendingPod("a", NO_PORTS)), node -> List.of()))
        .isEmpty();
  }

  @Test
  void what_else_the_scheduler_says_is_passed_on() {
    assertThat(problem(daemonSet(1, 1), List.of(pendingPod("a", "0/1 nodes: Too many pods"))))
        .contains(new Problem("Unschedulable", "on a: 0/1 nodes: Too many pods"));
  }

  @Test
  void a_forbidden_sysctl_is_explained() {
    Pod refused =
        pod("a", false)
            .editStatus()
            .withPhase("Failed")
            .withReason("SysctlForbidden")
            .endStatus()
            .build();

    assertThat(problem(daemonSet(1, 1), List.of(refused)).orElseThrow())
        .satisfies(
            it -> {
              assertThat(it.reason()).isEqualTo("SysctlForbidden");
              assertThat(it.message())
                  .contains("on a:", "--allowed-unsafe-sysctls=net.ipv4.ip_forward");
            });
  }

  @Test
  void an_image_that_is_not_pulled_and_a_container_that_fails_are_told_in_the_kubelets_words() {
    assertThat(problem(daemonSet(1, 1), List.of(waiting("a", "ErrImagePull", "not found"))))
        .contains(new Problem("ImagePullFailed", "on a: ErrImagePull: not found"));
    assertThat(problem(daemonSet(1, 1), List.of(waiting("a", "RunContainerError", "no exec"))))
        .contains(new Problem("ContainerFailed", "on a: RunContainerError: no exec"));
    assertThat(problem(daemonSet(1, 1), List.of(waiting("a", "ContainerCreating", null))))
        .isEmpty();
  }

  @Test
  void a_container_that_ends_again_and_again_is_told_with_the_end_of_its_log() {
    PodBuilder crashing =
        new PodBuilder(waiting("a", "CrashLoopBackOff", "back-off 20s restarting"));
    crashing
        .editStatus()
        .editFirstContainerStatus()
        .withNewLastState()
        .withNewTerminated()
        .withExitCode(137)
        .withReason("OOMKilled")
        .endTerminated()
        .endLastState()
        .endContainerStatus()
        .endStatus();
    List<String> asked = new ArrayList<>();
    ContainerLogs logs =
        (pod, container, previous) -> {
          asked.add(pod.getMetadata().getName() + "/" + container + " " + previous);
          return List.of("first", "last");
        };

    Optional<Problem> problem =
        new Diagnosis(
                WEB,
                daemonSet(1, 2),
                List.of(crashing.build(), waiting("b", "CrashLoopBackOff", "back-off")),
                List::of,
                node -> List.of(),
                logs)
            .problem();

    assertThat(problem)
        .contains(
            new Problem(
                "ContainerFailed",
                "on a, b: container lb-tcp-80 ends again and again, last with exit code 137"
                    + " (OOMKilled); the end of its log: first | last"));
    assertThat(asked).containsExactly("svclb-a/lb-tcp-80 true");
  }

  @Test
  void a_container_that_has_just_ended_again_is_told_but_not_one_that_has_ended_once() {
    assertThat(problem(daemonSet(1, 1), List.of(ended(0)))).isEmpty();
    assertThat(problem(daemonSet(1, 1), List.of(ended(1))))
        .contains(
            new Problem(
                "ContainerFailed",
                "on a: container lb-tcp-80 ends again and again, last with exit code 3"));
  }

  private static Pod ended(int restarts) {
    return pod("a", false)
        .editStatus()
        .addNewContainerStatus()
        .withName("lb-tcp-80")
        .withRestartCount(restarts)
        .withNewState()
        .withNewTerminated()
        .withExitCode(3)
        .withReason("Error")
        .endTerminated()
        .endState()
        .endContainerStatus()
        .endStatus()
        .build();
  }

  @Test
  void pods_that_cannot_be_created_are_told_with_the_latest_cause_and_without_their_names() {
    DaemonSet daemonSet =
        new DaemonSetBuilder(daemonSet(1, 3))
            .editMetadata()
            .withName("svclb-web-1")
            .withUid("uid")
            .endMetadata()
            .build();
    List<Event> events =
        List.of(
            failedCreate("uid", "2026-11-24T10:00:01Z", "exceeded quota: pods"),
            failedCreate("uid", "2026-11-24T10:00:00Z", "older"),
            failedCreate("other", "2026-11-24T10:00:09Z", "of another"));

    assertThat(RefusedPods.problem(daemonSet, List.of(readyPod("a")), events))
        .contains(
            new Problem(
                "PodsRefused",
                "2 of the pods cannot be created: pods is forbidden: exceeded quota: pods"));
    assertThat(RefusedPods.problem(daemonSet, List.of(), List.of())).isEmpty();
    assertThat(
            RefusedPods.problem(
                daemonSet, List.of(readyPod("a"), readyPod("b"), readyPod("c")), events))
        .as("that was then")
        .isEmpty();
  }

  private static Event failedCreate(String uid, String time, String message) {
    return new EventBuilder()
        .withNewInvolvedObject()
        .withUid(uid)
        .endInvolvedObject()
        .withReason("FailedCreate")
        .withMessage("Error creating: pods \"svclb-web-1-x7k2p\" is forbidden: " + message)
        .withLastTimestamp(time)
        .build();
  }

  private static Pod waiting(String node, String reason, String message) {
    return pod(node, false)
        .editStatus()
        .addNewContainerStatus()
        .withName("lb-tcp-80")
        .withNewState()
        .withNewWaiting()
        .withReason(reason)
        .withMessage(message)
        .endWaiting()
        .endState()
        .endContainerStatus()
        .endStatus()
        .build();
  }

  @Test
  void that_no_node_serves_has_its_reason_in_the_nodes() {
    assertThat(withoutNode(WEB).reason()).isEqualTo("NoNode");
    assertThat(withoutNode(WEB, labelled("a", "svccontroller.k3s.cattle.io/enablelb", "false")))
        .satisfies(
            it -> {
              assertThat(it.reason()).isEqualTo("NoNodeEnabled");
              assertThat(it.message()).contains("svccontroller.k3s.cattle.io/enablelb");
            });
    Service pooled =
        service("web")
            .editMetadata()
            .addToLabels("svccontroller.k3s.cattle.io/lbpool", "p")
            .endMetadata()
            .build();
    assertThat(withoutNode(pooled, labelled("a", "svccontroller.k3s.cattle.io/lbpool", "q")))
        .satisfies(
            it -> {
              assertThat(it.reason()).isEqualTo("NoNodeInPool");
              assertThat(it.message()).contains("'p'", "lbpool.svccontroller.k3s.cattle.io/p=true");
            });
    Node tainted =
        new NodeBuilder(node("a"))
            .withNewSpec()
            .addNewTaint("NoSchedule", "gpu", null, "yes")
            .addNewTaint("PreferNoSchedule", "soft", null, null)
            .endSpec()
            .build();
    assertThat(withoutNode(WEB, tainted))
        .satisfies(
            it -> {
              assertThat(it.reason()).isEqualTo("NoSchedulableNode");
              assertThat(it.message()).contains("gpu=yes:NoSchedule").doesNotContain("soft");
            });
  }

  @Test
  void a_daemonset_that_its_controller_has_not_seen_says_nothing_about_nodes() {
    DaemonSet unseen =
        new DaemonSetBuilder(daemonSet(1, 0))
            .editMetadata()
            .withGeneration(2L)
            .endMetadata()
            .build();

    assertThat(problem(unseen, List.of())).isEmpty();
  }

  private static Problem withoutNode(Service service, Node... nodes) {
    return new Diagnosis(
            service, daemonSet(1, 0), List.of(), () -> List.of(nodes), node -> List.of(), NO_LOGS)
        .problem()
        .orElseThrow();
  }

  private static Node labelled(String name, String key, String value) {
    return new NodeBuilder(node(name)).editMetadata().addToLabels(key, value).endMetadata().build();
  }

  private static Optional<Problem> problem(DaemonSet daemonSet, List<Pod> pods) {
    return problem(daemonSet, pods, node -> List.of());
  }

  private static Optional<Problem> problem(
      DaemonSet daemonSet, List<Pod> pods, HostPortHolders holders) {
    return new Diagnosis(WEB, daemonSet, pods, () -> List.of(node("a")), holders, NO_LOGS)
        .problem();
  }

  private static DaemonSet daemonSet(long generation, Integer desired) {
    return new DaemonSetBuilder()
        .withNewMetadata()
        .withGeneration(generation)
        .endMetadata()
        .withNewStatus()
        .withObservedGeneration(generation)
        .withDesiredNumberScheduled(desired)
        .endStatus()
        .build();
  }
}
