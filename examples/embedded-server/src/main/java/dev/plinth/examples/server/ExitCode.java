package dev.plinth.examples.server;

/** The exit codes of the launcher: an interface for scripts. */
final class ExitCode {

  /** Every add-on is ready or disabled; or the command did what it was asked for. */
  static final int OK = 0;

  /** Something was started and did not get where it should: an add-on, or the control plane. */
  static final int NOT_READY = 1;

  /**
   * Arguments, environment or configuration files are wrong, or what all servers of a cluster must
   * agree on differs from a live server; nothing was started.
   */
  static final int USAGE = 2;

  /** Of {@code plan}: the cluster is not as the flags want it. */
  static final int SOMETHING_TO_DO = 3;

  private ExitCode() {}
}
