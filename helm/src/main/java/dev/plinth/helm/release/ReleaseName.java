package dev.plinth.helm.release;

import static java.util.Objects.requireNonNull;

import java.util.regex.Pattern;

/**
 * What identifies a release in a cluster.
 *
 * @param namespace the release's namespace, which is also where it is stored
 * @param name its name: a DNS subdomain of up to 53 characters, as Helm asks for
 */
public record ReleaseName(String namespace, String name) {

  /** Longest name that Helm accepts: names of objects are made of it. */
  public static final int LONGEST = 53;

  private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?");
  private static final Pattern SUBDOMAIN =
      Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");

  /**
   * @throws IllegalArgumentException for a name that Helm or Kubernetes would refuse
   */
  public ReleaseName {
    requireNonNull(namespace, "namespace");
    requireNonNull(name, "name");
    if (namespace.length() > 63 || !LABEL.matcher(namespace).matches()) {
      throw new IllegalArgumentException(
          "Release namespace \"%s\": expected a DNS label".formatted(namespace));
    }
    if (name.length() > LONGEST || !SUBDOMAIN.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "Release name \"%s\": expected a DNS subdomain of up to %d characters, found %d"
              .formatted(name, LONGEST, name.length()));
    }
  }

  @Override
  public String toString() {
    return namespace + "/" + name;
  }
}
