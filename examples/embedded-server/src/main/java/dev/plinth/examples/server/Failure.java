package dev.plinth.examples.server;

import com.google.common.base.Throwables;
import dev.plinth.addon.InvalidAddonException;
import dev.plinth.config.ConfigurationException;
import dev.plinth.controlplane.ControlPlaneException;
import dev.plinth.controlplane.tools.ToolException;
import dev.plinth.lifecycle.DataDirectoryInUseException;
import io.fabric8.kubernetes.client.KubernetesClientException;

/**
 * What a command that did not end well says, and its exit code.
 *
 * @param code the exit code
 * @param message for the operator
 */
record Failure(int code, String message) {

  /** The failure behind an exception. */
  static Failure of(Exception error) {
    if (error instanceof UsageException
        || error instanceof ConfigurationException
        || error instanceof InvalidAddonException
        || error instanceof ToolException
        || error instanceof DataDirectoryInUseException) {
      return new Failure(ExitCode.USAGE, error.getMessage());
    }
    if (error instanceof ControlPlaneException) {
      return new Failure(ExitCode.NOT_READY, error.getMessage());
    }
    if (error instanceof KubernetesClientException) {
      return new Failure(ExitCode.NOT_READY, "the API server: " + error.getMessage());
    }
    if (error instanceof InterruptedException) {
      return new Failure(ExitCode.NOT_READY, "stopped before every add-on was ready");
    }
    return new Failure(
        ExitCode.NOT_READY,
        "this should not have happened: " + Throwables.getStackTraceAsString(error));
  }
}
