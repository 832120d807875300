package dev.plinth.helm.release;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What to do with a release that has failed: the field {@code failurePolicy}. */
public enum FailurePolicy {
  /** Uninstall it and install it anew: what it held is lost. */
  REINSTALL,
  /** Upgrade it once more. */
  RETRY,
  /** Leave it as it is. */
  ABORT;

  /** The policy with the name that a HelmChart calls it by; empty for any other. */
  public static Optional<FailurePolicy> of(String name) {
    return Arrays.stream(values()).filter(policy -> policy.fieldValue().equals(name)).findFirst();
  }

  /** Such as {@code retry}. */
  public String fieldValue() {
    return name().toLowerCase(Locale.ROOT);
  }
}
