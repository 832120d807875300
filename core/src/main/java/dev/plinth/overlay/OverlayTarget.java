package dev.plinth.overlay;

import static java.util.Objects.requireNonNull;

import dev.plinth.manifest.ObjectReference;
import java.util.Optional;

/**
 * Which declared object a patch is for. The version of the API does not count: an object is the
 * same in all versions of its group.
 *
 * @param apiVersion only its group counts; empty for any group
 * @param kind the object's kind
 * @param namespace empty for any, or for an object of the cluster
 * @param name the object's name
 */
public record OverlayTarget(
    Optional<String> apiVersion, String kind, Optional<String> namespace, String name) {

  private static final String DEFAULT_NAMESPACE = "default";

  public OverlayTarget {
    requireNonNull(apiVersion, "apiVersion");
    requireNonNull(kind, "kind");
    requireNonNull(namespace, "namespace");
    requireNonNull(name, "name");
  }

  boolean matches(ObjectReference declared) {
    return declared.kind().equals(kind)
        && declared.name().equals(name)
        && apiVersion.map(OverlayTarget::group).filter(it -> !it.equals(declared.group())).isEmpty()
        && namespace.filter(it -> !it.equals(namespaceOf(declared))).isEmpty();
  }

  /** A manifest that names no namespace means this one. */
  private static String namespaceOf(ObjectReference declared) {
    return declared.namespace().isEmpty() ? DEFAULT_NAMESPACE : declared.namespace();
  }

  private static String group(String apiVersion) {
    return new ObjectReference(apiVersion, "", "", "").group();
  }

  /** As an {@link ObjectReference} is written. */
  @Override
  public String toString() {
    return new ObjectReference("", kind, namespace.orElse(""), name).toString();
  }
}
