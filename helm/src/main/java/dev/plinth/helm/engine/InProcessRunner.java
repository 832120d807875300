package dev.plinth.helm.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.marcnuri.helm.InstallCommand;
import com.marcnuri.helm.TemplateCommand;
import com.marcnuri.helm.UninstallCommand;
import com.marcnuri.helm.UpgradeCommand;
import dev.plinth.helm.release.Release;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Callable;

/** Helm as a library: see {@link NativeHelm}. Credentials stay in memory. */
final class InProcessRunner implements HelmRunner {
  private final NativeHelm helm;
  private final EngineInfo info;

  InProcessRunner(NativeHelm helm) {
    this.helm = helm;
    this.info =
        new EngineInfo(
            EngineKind.IN_PROCESS,
            helm.version(),
            Set.of(EngineFeature.LARGE_INTEGERS),
            "a library in this process");
  }

  @Override
  public EngineInfo info() {
    return info;
  }

  @Override
  public void install(RunContext context, ApplyRequest request) throws HelmFailure {
    InstallCommand command =
        new InstallCommand(helm.library(), request.chart())
            .withName(request.target().name().name())
            .withNamespace(request.target().name().namespace())
            .withTimeout(seconds(request.timeout()))
            .withValuesFile(context.valuesFile(request.values()))
            .withKubeConfig(address(context))
            .withKubeConfigContents(kubeconfig(context));
    request.values().integers().forEach(command::set);
    request.description().ifPresent(command::withDescription);
    if (request.createNamespace()) {
      command.createNamespace();
    }
    if (request.waitReady()) {
      command.waitReady();
    }
    if (request.skipCrds()) {
      command.skipCrds();
    }
    call(command);
  }

  @Override
  public void upgrade(RunContext context, ApplyRequest request, Release current)
      throws HelmFailure {
    UpgradeCommand command =
        upgrade(context, request.target(), request.chart(), request.timeout(), request.waitReady())
            .withValuesFile(context.valuesFile(request.values()));
    request.values().integers().forEach(command::set);
    request.description().ifPresent(command::withDescription);
    if (request.skipCrds()) {
      command.skipCrds();
    }
    call(command);
  }

  private UpgradeCommand upgrade(
      RunContext context, ReleaseTarget target, Path chart, Duration timeout, boolean wait)
      throws HelmFailure {
    UpgradeCommand command =
        new UpgradeCommand(helm.library(), chart)
            .withName(target.name().name())
            .withNamespace(target.name().namespace())
            .withTimeout(seconds(timeout))
            // Without it, Helm takes no values for "those of the last revision".
            .resetValues()
            .withKubeConfig(address(context))
            .withKubeConfigContents(kubeconfig(context));
    return wait ? command.waitReady() : command;
  }

  /**
   * The library has no rollback. Helm's own applies the stored objects as they are: so does an
   * upgrade to a chart that has them as its text. What is stored of it is then made to be the same
   * as after Helm's.
   */
  @Override
  public void rollback(RunContext context, RollbackRequest request, Release wanted)
      throws HelmFailure {
    Path chart;
    try {
      chart = RollbackChart.of(wanted).writeTo(context.directory().file("rollback"));
    } catch (IOException e) {
      throw new HelmFailure("Can not write the chart of the rollback: " + e, e);
    }
    String description = "Rollback to " + wanted.revision();
    try {
      call(
          upgrade(context, request.target(), chart, request.timeout(), request.waitReady())
              .withDescription(description)
              .skipCrds());
    } finally {
      context
          .storage()
          .latest(request.target().name())
          .filter(latest -> latest.revision() > wanted.revision())
          .filter(latest -> RollbackChart.isIn(latest))
          .ifPresent(
              latest ->
                  context
                      .storage()
                      .amend(
                          request.target().name(),
                          latest.revision(),
                          document -> RollbackChart.restore(document, wanted)));
    }
  }

  @Override
  public void uninstall(RunContext context, UninstallRequest request) throws HelmFailure {
    UninstallCommand command =
        new UninstallCommand(helm.library(), request.target().name().name())
            .withNamespace(request.target().name().namespace())
            .ignoreNotFound()
            .withKubeConfig(address(context))
            .withKubeConfigContents(kubeconfig(context));
    if (request.keepHistory()) {
      command.keepHistory();
    }
    call(command);
  }

  @Override
  public String render(RunContext context, RenderRequest request) throws HelmFailure {
    TemplateCommand command =
        new TemplateCommand(helm.library(), request.chart())
            .withName(request.target().name().name())
            .withNamespace(request.target().name().namespace())
            .withKubeVersion(context.cluster().kubernetesVersion())
            .withValuesFile(context.valuesFile(request.values()))
            .skipCrds();
    request.values().integers().forEach(command::set);
    return call(command);
  }

  /** There is no way to end what a library does. */
  @Override
  public void cancel() {}

  private static <T> T call(Callable<T> command) throws HelmFailure {
    try {
      return command.call();
    } catch (IllegalStateException e) {
      throw new HelmFailure(e.getMessage(), e);
    } catch (Exception e) {
      throw new HelmFailure("The Helm library failed: " + e, e);
    }
  }

  /**
   * Helm wants a file, and the credentials that it is given besides count: those are not in the
   * file. Without the file it would read the user's own kubeconfig.
   */
  private static Path address(RunContext context) throws HelmFailure {
    try {
      return context.directory().write("kubeconfig", context.cluster().address());
    } catch (IOException e) {
      throw new HelmFailure("Can not write a kubeconfig for Helm: " + e, e);
    }
  }

  private static String kubeconfig(RunContext context) throws HelmFailure {
    try {
      return new String(context.cluster().kubeconfig(), UTF_8);
    } catch (IOException e) {
      throw new HelmFailure("Can not read the client's credentials: " + e, e);
    }
  }

  private static int seconds(Duration timeout) {
    return (int) Math.max(1, Math.min(Integer.MAX_VALUE, timeout.toSeconds()));
  }
}
