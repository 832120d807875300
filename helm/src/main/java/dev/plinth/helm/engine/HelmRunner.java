package dev.plinth.helm.engine;

import dev.plinth.helm.release.Release;

/**
 * Calls Helm, and nothing else: what both engines have in common is in {@link ReleaseEngine}. What
 * became of a release is read from its storage.
 */
interface HelmRunner {

  EngineInfo info();

  void install(RunContext context, ApplyRequest request) throws HelmFailure, InterruptedException;

  void upgrade(RunContext context, ApplyRequest request, Release current)
      throws HelmFailure, InterruptedException;

  void rollback(RunContext context, RollbackRequest request, Release wanted)
      throws HelmFailure, InterruptedException;

  void uninstall(RunContext context, UninstallRequest request)
      throws HelmFailure, InterruptedException;

  /**
   * @return YAML documents
   */
  String render(RunContext context, RenderRequest request) throws HelmFailure, InterruptedException;

  /** Ends what is running, if that is possible; otherwise does nothing. */
  void cancel();
}
