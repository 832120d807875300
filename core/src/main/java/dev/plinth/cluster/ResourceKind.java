package dev.plinth.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.net.URLEncoder;

/**
 * A kind as the API server serves it.
 *
 * @param group API group; empty for the core group
 * @param version API version, e.g. {@code v1}
 * @param kind e.g. {@code Deployment}
 * @param plural resource name in paths, e.g. {@code deployments}
 * @param namespaced whether its objects live in namespaces
 */
public record ResourceKind(
    String group, String version, String kind, String plural, boolean namespaced) {

  public ResourceKind {
    requireNonNull(group, "group");
    requireNonNull(version, "version");
    requireNonNull(kind, "kind");
    requireNonNull(plural, "plural");
  }

  /** {@code group/version}, or {@code version} in the core group. */
  public String apiVersion() {
    return group.isEmpty() ? version : group + "/" + version;
  }

  /** {@code Kind.group} as kubectl and ApplySets write it; {@code Kind} in the core group. */
  public String groupKind() {
    return group.isEmpty() ? kind : kind + "." + group;
  }

  /** Path of a collection: of one namespace, or of all if {@code namespace} is empty. */
  public String path(String namespace) {
    String root = group.isEmpty() ? "/api/" + version : "/apis/" + group + "/" + version;
    return namespace.isEmpty()
        ? root + "/" + plural
        : root + "/namespaces/" + encode(namespace) + "/" + plural;
  }

  /** Path of one object; {@code namespace} is empty for a cluster-scoped kind. */
  public String path(String namespace, String name) {
    return path(namespace) + "/" + encode(name);
  }

  /** Path of a watch of one object, also if it does not exist. */
  String watchPath(String namespace, String name) {
    return path(namespace) + "?watch=true&fieldSelector=metadata.name%3D" + encode(name);
  }

  /** The same for the client's own operations. */
  public ResourceDefinitionContext toContext() {
    return new ResourceDefinitionContext.Builder()
        .withGroup(group)
        .withVersion(version)
        .withKind(kind)
        .withPlural(plural)
        .withNamespaced(namespaced)
        .build();
  }

  private static String encode(String segment) {
    return URLEncoder.encode(segment, UTF_8).replace("+", "%20");
  }
}
