package dev.plinth.helm.controller;

import static java.util.Objects.requireNonNull;

import dev.plinth.cluster.ResourceKind;
import dev.plinth.manifest.ObjectReference;

/**
 * Which object, of a kind that the API server has.
 *
 * @param kind in the version in which the object is looked at
 * @param namespace empty for a cluster-scoped object
 */
record ObjectKey(ResourceKind kind, String namespace, String name) {

  ObjectKey {
    requireNonNull(kind, "kind");
    requireNonNull(namespace, "namespace");
    requireNonNull(name, "name");
  }

  ObjectReference reference() {
    return new ObjectReference(kind.apiVersion(), kind.kind(), namespace, name);
  }

  @Override
  public String toString() {
    return reference().toString();
  }
}
