package dev.plinth.controlplane;

import java.time.Instant;
import java.util.Set;

/**
 * One request that the API server has answered; a watch counts from its start.
 *
 * @param verb {@code get}, {@code list}, {@code watch}, {@code create}, {@code update}, {@code
 *     patch}, {@code delete}, {@code deletecollection}; the HTTP method in lower case where no
 *     resource is asked for
 * @param group API group; empty for the core group and where no resource is asked for
 * @param resource plural, for example {@code configmaps}; empty where none is asked for
 * @param subresource for example {@code status}; empty if none
 * @param namespace empty if none
 * @param name empty if none, or if the server is to choose one
 * @param userAgent what the client calls itself; empty if nothing
 * @param username who asked; the impersonated user if there is one
 * @param fieldManager the {@code fieldManager} parameter; empty if none
 * @param dryRun whether the request was to change nothing
 * @param code HTTP status
 * @param time when the answer was complete; when a watch was started
 * @param uri path and parameters
 */
public record Request(
    String verb,
    String group,
    String resource,
    String subresource,
    String namespace,
    String name,
    String userAgent,
    String username,
    String fieldManager,
    boolean dryRun,
    int code,
    Instant time,
    String uri) {

  private static final Set<String> WRITING_VERBS =
      Set.of("create", "update", "patch", "delete", "deletecollection");

  /**
   * Whether the request was to change the cluster: a create, update, patch or delete without dry
   * run, on anything but a Lease. Requests that the server refused count as well.
   */
  public boolean isWrite() {
    return WRITING_VERBS.contains(verb) && !resource.isEmpty() && !dryRun && !isLease();
  }

  private boolean isLease() {
    return group.equals("coordination.k8s.io") && resource.equals("leases");
  }

  /** Resource with group and subresource, for example {@code deployments.apps/status}. */
  public String qualifiedResource() {
    return resource
        + (group.isEmpty() ? "" : "." + group)
        + (subresource.isEmpty() ? "" : "/" + subresource);
  }

  /** One line: status, verb, what, who. */
  @Override
  public String toString() {
    StringBuilder line = new StringBuilder();
    line.append(time).append(' ').append(code).append(' ').append(verb).append(' ');
    line.append(resource.isEmpty() ? uri : qualifiedResource());
    if (!resource.isEmpty()) {
      line.append(' ').append(namespace.isEmpty() ? "" : namespace + "/").append(name);
    }
    line.append(dryRun ? " (dry run)" : "").append(" by ").append(username);
    if (!fieldManager.isEmpty()) {
      line.append(" as ").append(fieldManager);
    }
    return line.append(", ").append(userAgent).toString();
  }
}
