package dev.plinth.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SchedulingProblemTest {

  @Test
  void every_part_of_the_schedulers_words_gets_its_advice() {
    SchedulingProblem problem =
        SchedulingProblem.parse(
            "0/4 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint"
                + " {dedicated: db}, 2 node(s) didn't match Pod's node affinity/selector."
                + " preemption: 0/4 nodes are available: 4 Preemption is not helpful for"
                + " scheduling.");

    assertThat(problem.words()).doesNotContain("reemption");
    assertThat(problem.advice())
        .containsExactly(
            "free CPU on a node, add a node, or lower the pod's CPU request",
            "remove the taint from a node, or let the pod tolerate it",
            "label a node as the pod's node selector or affinity asks");
    assertThat(problem.terminal()).isTrue();
    assertThat(problem.hostPort()).isFalse();
  }

  @Test
  void a_taken_host_port_is_recognised() {
    SchedulingProblem problem =
        SchedulingProblem.parse(
            "0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports."
                + " no new claims to deallocate, preemption: 0/1 nodes are available: 1 No"
                + " preemption victims found for incoming pod.");

    assertThat(problem.hostPort()).isTrue();
    assertThat(problem.terminal()).isTrue();
    assertThat(problem.words()).endsWith("requested pod ports");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "no nodes available to schedule pods",
        "0/1 nodes are available: 1 node(s) had untolerated taint {node.kubernetes.io/not-ready: }",
        "0/2 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint"
            + " {node.kubernetes.io/unreachable: }",
        "0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims"
      })
  void what_a_starting_cluster_overcomes_by_itself_is_not_terminal(String words) {
    assertThat(SchedulingProblem.parse(words).terminal()).isFalse();
  }
}
