package dev.plinth.helm.engine;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * Deletes a release.
 *
 * @param timeout for its hooks, and for its objects to be gone
 * @param keepHistory whether its revisions stay stored, the last one as {@code uninstalled}
 * @param waitGone whether to end only when the objects are gone; those that the chart keeps
 *     (annotation {@code helm.sh/resource-policy: keep}) are not waited for
 */
public record UninstallRequest(
    ReleaseTarget target, Duration timeout, boolean keepHistory, boolean waitGone) {

  public UninstallRequest {
    requireNonNull(target, "target");
    requireNonNull(timeout, "timeout");
  }

  /** Deletes the release with its history and waits for its objects to be gone. */
  public static UninstallRequest of(ReleaseTarget target, Duration timeout) {
    return new UninstallRequest(target, timeout, false, true);
  }
}
