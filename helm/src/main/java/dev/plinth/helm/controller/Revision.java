package dev.plinth.helm.controller;

import static java.util.Objects.requireNonNull;

import dev.plinth.helm.model.HelmApi;
import dev.plinth.helm.release.Release;
import dev.plinth.helm.release.ReleaseStatus;
import java.time.Instant;
import java.util.Optional;

/**
 * What a decision needs to know of the last revision of a release.
 *
 * @param number 1 for the first one
 * @param hash digest of the inputs that it was made of, by us or by K3s; empty if neither made it
 * @param begun when the operation that made it began
 */
record Revision(int number, ReleaseStatus status, Optional<String> hash, Optional<Instant> begun) {

  Revision {
    requireNonNull(status, "status");
    requireNonNull(hash, "hash");
    requireNonNull(begun, "begun");
  }

  static Revision of(Release release) {
    return new Revision(
        release.revision(),
        release.status(),
        Optional.ofNullable(release.labels().get(HelmApi.CONFIG_HASH)),
        release.lastDeployed());
  }

  /** Whether an operation on it may be under way: Helm works on it no more by itself. */
  boolean isUnfinished() {
    return status.isInterrupted() || status == ReleaseStatus.UNKNOWN;
  }
}
