package dev.plinth.controlplane.tools;

import java.util.List;

/** One of the Go modules in this jar. Its {@code go.mod} is where versions are pinned. */
enum GoModule {
  CONTROL_PLANE(
      "control-plane",
      "k8s.io/kubernetes",
      ".",
      List.of(
          "go.mod",
          "go.sum",
          "lifeline.go",
          "main.go",
          "start_linux.go",
          "start_other.go",
          "supervise.go"),
      // Without them the server reports a version that clients can not parse.
      List.of(
          "-X k8s.io/component-base/version.gitVersion=v%s",
          "-X k8s.io/client-go/pkg/version.gitVersion=v%s")),
  KWOK(
      "kwok",
      "sigs.k8s.io/kwok",
      "sigs.k8s.io/kwok/cmd/kwok",
      List.of("go.mod", "go.sum"),
      List.of()),
  COREDNS(
      "coredns",
      "github.com/coredns/coredns",
      "github.com/coredns/coredns",
      List.of("go.mod", "go.sum"),
      List.of()),
  /** The version that helm-java has inside. */
  HELM(
      "helm",
      "helm.sh/helm/v3",
      "helm.sh/helm/v3/cmd/helm",
      List.of("go.mod", "go.sum"),
      // The release of Helm has them too; without them it takes Kubernetes for 1.20.
      List.of(
          "-X helm.sh/helm/v3/internal/version.version=v%s",
          "-X helm.sh/helm/v3/pkg/chartutil.k8sVersionMinor=35",
          "-X helm.sh/helm/v3/pkg/lint/rules.k8sVersionMinor=35")),
  /** The version that K3s's image for Helm carries. */
  HELM4(
      "helm4",
      "helm.sh/helm/v4",
      "helm.sh/helm/v4/cmd/helm",
      List.of("go.mod", "go.sum"),
      List.of("-X helm.sh/helm/v4/internal/version.version=v%s"));

  private final String directory;
  private final String versionedBy;
  private final String mainPackage;
  private final List<String> files;
  private final List<String> linkerFlags;

  GoModule(
      String directory,
      String versionedBy,
      String mainPackage,
      List<String> files,
      List<String> linkerFlags) {
    this.directory = directory;
    this.versionedBy = versionedBy;
    this.mainPackage = mainPackage;
    this.files = files;
    this.linkerFlags = linkerFlags;
  }

  /** Name of the module's directory, and of the binary that it builds. */
  String directory() {
    return directory;
  }

  String versionedBy() {
    return versionedBy;
  }

  String mainPackage() {
    return mainPackage;
  }

  /** Every file of the module, by name. */
  List<String> files() {
    return files;
  }

  String linkerFlags(String version) {
    StringBuilder flags = new StringBuilder("-s -w -buildid=");
    linkerFlags.forEach(flag -> flags.append(' ').append(String.format(flag, version)));
    return flags.toString();
  }

  /** The programs in the module's binary, when it goes by their names. */
  List<Tool> tools() {
    return List.of(Tool.values()).stream().filter(tool -> tool.module() == this).toList();
  }
}
