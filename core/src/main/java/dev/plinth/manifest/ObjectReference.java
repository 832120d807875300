package dev.plinth.manifest;

import static java.util.Objects.requireNonNull;

/**
 * Which object a document or a live object is.
 *
 * @param apiVersion e.g. {@code apps/v1} or {@code v1}
 * @param kind e.g. {@code Deployment}
 * @param namespace empty for a cluster-scoped object, or if the document names none
 * @param name the object's name
 */
public record ObjectReference(String apiVersion, String kind, String namespace, String name) {

  public ObjectReference {
    requireNonNull(apiVersion, "apiVersion");
    requireNonNull(kind, "kind");
    requireNonNull(namespace, "namespace");
    requireNonNull(name, "name");
  }

  /** The API group; empty for the core group. */
  public String group() {
    int slash = apiVersion.indexOf('/');
    return slash < 0 ? "" : apiVersion.substring(0, slash);
  }

  /** The API version without its group. */
  public String version() {
    return apiVersion.substring(apiVersion.indexOf('/') + 1);
  }

  /** {@code Kind namespace/name}, or {@code Kind name} without a namespace. */
  @Override
  public String toString() {
    return namespace.isEmpty() ? kind + " " + name : kind + " " + namespace + "/" + name;
  }
}
