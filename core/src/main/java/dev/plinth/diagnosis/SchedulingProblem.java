package dev.plinth.diagnosis;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the scheduler says of a pod it finds no node for, e.g. {@code 0/3 nodes are available: 1
 * Insufficient cpu, 2 node(s) didn't have free ports for the requested pod ports. preemption: ...},
 * taken apart.
 *
 * @param words the scheduler's words, without its remarks on preemption
 * @param advice what to do about each part; empty if nothing is known
 * @param hostPort whether a host port is taken
 * @param terminal whether no part of it passes by itself
 */
record SchedulingProblem(String words, List<String> advice, boolean hostPort, boolean terminal) {

  private static final Pattern PART = Pattern.compile("(?:^|, )(?:\\d+ )(?<what>.+?)(?=, \\d+ |$)");
  private static final Pattern PREEMPTION =
      Pattern.compile(
          "\\.?\\s*(?:no new claims to deallocate,\\s*)?preemption:.*$", Pattern.DOTALL);
  private static final Pattern SUMMARY = Pattern.compile("^\\d+/\\d+ nodes are available:\\s*");
  private static final String PORTS = "free ports";

  /** Parts that name what an operator can change, with what he can do. */
  private static final Map<String, String> ADVICE =
      Map.of(
          "Insufficient cpu", "free CPU on a node, add a node, or lower the pod's CPU request",
          "Insufficient memory",
              "free memory on a node, add a node, or lower the pod's memory request",
          "Too many pods", "raise the nodes' maximum of pods or add a node",
          "node affinity/selector", "label a node as the pod's node selector or affinity asks",
          "topology spread", "add a node, or run fewer replicas",
          "pod anti-affinity", "add a node, or run fewer replicas",
          "volume node affinity", "the volume is bound to a node that cannot take the pod",
          "unschedulable", "uncordon a node (kubectl uncordon NODE)");

  /** Taints and states that the cluster sets while a node comes up or is briefly away. */
  private static final List<String> PASSING =
      List.of(
          "node.kubernetes.io/not-ready",
          "node.kubernetes.io/unreachable",
          "node.cloudprovider.kubernetes.io/uninitialized",
          "unbound immediate PersistentVolumeClaims");

  static SchedulingProblem parse(String message) {
    String words = PREEMPTION.matcher(message).replaceFirst("").strip();
    String parts = SUMMARY.matcher(words).replaceFirst("");
    boolean anyNode = SUMMARY.matcher(words).find() && !words.startsWith("0/0 ");
    List<String> advice = new ArrayList<>();
    boolean passing = !anyNode || PASSING.stream().anyMatch(words::contains);
    Matcher part = PART.matcher(parts);
    while (part.find()) {
      advice.addAll(adviceFor(part.group("what")));
    }
    return new SchedulingProblem(
        words.endsWith(".") ? words.substring(0, words.length() - 1) : words,
        advice.stream().distinct().toList(),
        words.contains(PORTS),
        !passing);
  }

  private static List<String> adviceFor(String what) {
    if (what.contains("untolerated taint")) {
      return List.of("remove the taint from a node, or let the pod tolerate it");
    }
    return ADVICE.entrySet().stream()
        .filter(it -> what.contains(it.getKey()))
        .map(Map.Entry::getValue)
        .toList();
  }
}
