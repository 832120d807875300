package dev.plinth.helm.controller;

import static java.util.Objects.requireNonNull;

/** A Secret or a ConfigMap that a chart refers to; {@code Secret namespace/name} in messages. */
record ReferencedObject(Kind kind, String namespace, String name) {

  /** What can be referred to. */
  enum Kind {
    SECRET("Secret"),
    CONFIG_MAP("ConfigMap");

    private final String word;

    Kind(String word) {
      this.word = word;
    }

    @Override
    public String toString() {
      return word;
    }
  }

  ReferencedObject {
    requireNonNull(kind, "kind");
    requireNonNull(namespace, "namespace");
    requireNonNull(name, "name");
  }

  static ReferencedObject secret(String namespace, String name) {
    return new ReferencedObject(Kind.SECRET, namespace, name);
  }

  static ReferencedObject configMap(String namespace, String name) {
    return new ReferencedObject(Kind.CONFIG_MAP, namespace, name);
  }

  @Override
  public String toString() {
    return "%s %s/%s".formatted(kind, namespace, name);
  }
}
