package dev.plinth.controlplane.tools;

import java.util.List;

/** A program that Plinth can start or let tests start. */
public enum Tool {
  ETCD("etcd", GoModule.CONTROL_PLANE, "go.etcd.io/etcd/server/v3", "--version"),
  KUBE_APISERVER("kube-apiserver", GoModule.CONTROL_PLANE, "k8s.io/kubernetes", "--version"),
  KUBE_CONTROLLER_MANAGER(
      "kube-controller-manager", GoModule.CONTROL_PLANE, "k8s.io/kubernetes", "--version"),
  KUBE_SCHEDULER("kube-scheduler", GoModule.CONTROL_PLANE, "k8s.io/kubernetes", "--version"),
  KUBELET("kubelet", GoModule.CONTROL_PLANE, "k8s.io/kubernetes", "--version"),
  KUBE_PROXY("kube-proxy", GoModule.CONTROL_PLANE, "k8s.io/kubernetes", "--version"),
  KUBECTL("kubectl", GoModule.CONTROL_PLANE, "k8s.io/kubernetes", "version", "--client"),
  /** Runs a program that would outlive its starter, and ends it with the starter. */
  SUPERVISE("supervise", GoModule.CONTROL_PLANE, "k8s.io/kubernetes"),
  KWOK("kwok", GoModule.KWOK, "sigs.k8s.io/kwok", "--version"),
  COREDNS("coredns", GoModule.COREDNS, "github.com/coredns/coredns", "-version"),
  /** Helm 3. */
  HELM("helm", GoModule.HELM, "helm.sh/helm/v3", "version", "--short"),
  HELM4("helm", GoModule.HELM4, "helm.sh/helm/v4", "version", "--short");

  private final String program;
  private final GoModule module;
  private final String versionedBy;
  private final List<String> versionArguments;

  Tool(String program, GoModule module, String versionedBy, String... versionArguments) {
    this.program = program;
    this.module = module;
    this.versionedBy = versionedBy;
    this.versionArguments = List.of(versionArguments);
  }

  /** The file name of the program, as its own project calls it. */
  public String program() {
    return program;
  }

  /** The Go module that builds the program. */
  GoModule module() {
    return module;
  }

  /** The Go module, required by {@link #module()}, whose version is the program's. */
  String versionedBy() {
    return versionedBy;
  }

  /** Arguments that make the program print its version; empty for one that is only ours. */
  List<String> versionArguments() {
    return versionArguments;
  }
}
