package dev.plinth.helm.engine;

import dev.plinth.helm.release.Release;
import io.fabric8.kubernetes.api.model.APIGroupList;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Helm as a command, version 3 or 4. Values and credentials reach it in files that only the owner
 * may read; its arguments hold names alone. It does not see the user's own Helm configuration.
 */
final class CliRunner implements HelmRunner {

  /** What Helm itself needs beyond the time that it waits for others. */
  private static final Duration MARGIN = Duration.ofSeconds(30);

  private final HelmProcesses processes;
  private final HelmVersion version;
  private final Path home;
  private final EngineInfo info;

  /**
   * @param home where Helm may keep what it caches
   */
  CliRunner(HelmProcesses processes, HelmVersion version, Path home) {
    this.processes = processes;
    this.version = version;
    this.home = home;
    Set<EngineFeature> features = EnumSet.allOf(EngineFeature.class);
    if (!isFour()) {
      features.remove(EngineFeature.SERVER_SIDE_APPLY);
    }
    this.info =
        new EngineInfo(EngineKind.CLI, version.toString(), features, processes.binary().toString());
  }

  private boolean isFour() {
    return version.major() >= 4;
  }

  @Override
  public EngineInfo info() {
    return info;
  }

  @Override
  public void install(RunContext context, ApplyRequest request)
      throws HelmFailure, InterruptedException {
    List<String> arguments = new ArrayList<>(apply(context, "install", request));
    if (request.createNamespace()) {
      arguments.add("--create-namespace");
    }
    if (isFour()) {
      arguments.add("--server-side=" + (request.serverSide() != ServerSide.FALSE));
      arguments.add(
          "--force-conflicts="
              + (request.forceConflicts() && request.serverSide() != ServerSide.FALSE));
    }
    run(context, request.target(), arguments, request.timeout());
  }

  @Override
  public void upgrade(RunContext context, ApplyRequest request, Release current)
      throws HelmFailure, InterruptedException {
    List<String> arguments = new ArrayList<>(apply(context, "upgrade", request));
    // Without it, Helm takes no values for "those of the last revision".
    arguments.add("--reset-values");
    arguments.add("--history-max=" + request.historyMax());
    if (isFour()) {
      arguments.add(
          "--server-side=" + request.serverSide().name().toLowerCase(java.util.Locale.ROOT));
      boolean serverSide =
          request.serverSide() == ServerSide.TRUE
              || request.serverSide() == ServerSide.AUTO && current.isServerSideApplied();
      arguments.add("--force-conflicts=" + (request.forceConflicts() && serverSide));
    }
    run(context, request.target(), arguments, request.timeout());
  }

  private List<String> apply(RunContext context, String verb, ApplyRequest request)
      throws HelmFailure {
    List<String> arguments = new ArrayList<>();
    arguments.add(verb);
    arguments.add(request.target().name().name());
    arguments.add(request.chart().toAbsolutePath().toString());
    arguments.add("--values=" + context.valuesFile(request.values()));
    request.description().ifPresent(text -> arguments.add("--description=" + text));
    waits(arguments, request.timeout(), request.waitReady());
    if (request.waitForJobs()) {
      arguments.add("--wait-for-jobs");
    }
    if (request.skipCrds()) {
      arguments.add("--skip-crds");
    }
    if (request.takeOwnership() && version.isAtLeast(HelmVersion.TAKES_OWNERSHIP)) {
      arguments.add("--take-ownership");
    }
    return arguments;
  }

  private static void waits(List<String> arguments, Duration timeout, boolean wait) {
    arguments.add("--timeout=" + Math.max(1, timeout.toSeconds()) + "s");
    if (wait) {
      arguments.add("--wait");
    }
  }

  @Override
  public void rollback(RunContext context, RollbackRequest request, Release wanted)
      throws HelmFailure, InterruptedException {
    List<String> arguments = new ArrayList<>();
    arguments.add("rollback");
    arguments.add(request.target().name().name());
    arguments.add(Integer.toString(wanted.revision()));
    arguments.add("--history-max=" + request.historyMax());
    waits(arguments, request.timeout(), request.waitReady());
    run(context, request.target(), arguments, request.timeout());
  }

  @Override
  public void uninstall(RunContext context, UninstallRequest request)
      throws HelmFailure, InterruptedException {
    List<String> arguments = new ArrayList<>();
    arguments.add("uninstall");
    arguments.add(request.target().name().name());
    arguments.add("--ignore-not-found");
    if (request.keepHistory()) {
      arguments.add("--keep-history");
    }
    // We look ourselves for what is left: Helm's wait does not say what that is.
    waits(arguments, request.timeout(), false);
    run(context, request.target(), arguments, request.timeout());
  }

  @Override
  public String render(RunContext context, RenderRequest request)
      throws HelmFailure, InterruptedException {
    List<String> arguments = new ArrayList<>();
    arguments.add("template");
    arguments.add(request.target().name().name());
    arguments.add(request.chart().toAbsolutePath().toString());
    arguments.add("--values=" + context.valuesFile(request.values()));
    arguments.add("--kube-version=" + context.cluster().kubernetesVersion());
    arguments.add("--api-versions=" + String.join(",", apis(context.cluster())));
    arguments.add("--skip-crds");
    Path output = run(context, request.target(), arguments, MARGIN);
    try {
      return Files.readString(output);
    } catch (IOException e) {
      throw new HelmFailure("Can not read what Helm has rendered: " + e, e);
    }
  }

  /** What templates ask for with {@code .Capabilities.APIVersions.Has "group/version"}. */
  private static List<String> apis(ClusterAccess cluster) {
    List<String> apis = new ArrayList<>(List.of("v1"));
    APIGroupList groups = cluster.client().getApiGroups();
    groups
        .getGroups()
        .forEach(group -> group.getVersions().forEach(found -> apis.add(found.getGroupVersion())));
    return apis;
  }

  @Override
  public void cancel() {
    processes.cancel();
  }

  private Path run(
      RunContext context, ReleaseTarget target, List<String> arguments, Duration timeout)
      throws HelmFailure, InterruptedException {
    List<String> all = new ArrayList<>(arguments);
    all.add("--namespace=" + target.name().namespace());
    all.add("--kubeconfig=" + kubeconfig(context));
    Map<String, String> variables =
        Map.of(
            "HELM_DRIVER",
            target.storage().helmName(),
            "HELM_CACHE_HOME",
            home.resolve("cache").toString(),
            "HELM_CONFIG_HOME",
            home.resolve("config").toString(),
            "HELM_DATA_HOME",
            home.resolve("data").toString(),
            "KUBECACHEDIR",
            home.resolve("discovery").toString());
    return processes.run(context.directory(), all, variables, timeout.plus(MARGIN));
  }

  private static Path kubeconfig(RunContext context) throws HelmFailure {
    try {
      return context.directory().write("kubeconfig", context.cluster().kubeconfig());
    } catch (IOException e) {
      throw new HelmFailure("Can not write a kubeconfig for Helm: " + e, e);
    }
  }
}
