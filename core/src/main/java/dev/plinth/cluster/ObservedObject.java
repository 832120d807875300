package dev.plinth.cluster;

import dev.plinth.health.Health;
import java.util.Map;

/**
 * What is kept of a live object that Plinth owns: enough to know it is unchanged, healthy and may
 * be deleted.
 *
 * @param kind its kind
 * @param namespace empty for a cluster-scoped object
 * @param name its name
 * @param uid its UID
 * @param resourceVersion its version when seen
 * @param applySetId the ApplySet it says it belongs to; empty if none
 * @param applied the annotation {@value Labels#APPLIED}; empty if it has none
 * @param drift the annotation {@value Labels#DRIFT}; empty if it has none
 * @param fields what Plinth's Apply entry owns
 * @param controlled whether a controller made it; such an object copies labels of another and is no
 *     member
 * @param terminating whether it is being deleted
 * @param deleteAllowed whether it consents to its deletion although its kind is protected
 * @param pruneDisabled whether it asks to be left where its manifest no longer declares it
 * @param podSelector labels of the pods it runs; empty if it runs none
 * @param health its health
 */
public record ObservedObject(
    ResourceKind kind,
    String namespace,
    String name,
    String uid,
    String resourceVersion,
    String applySetId,
    String applied,
    String drift,
    FieldSet fields,
    boolean controlled,
    boolean terminating,
    boolean deleteAllowed,
    boolean pruneDisabled,
    Map<String, String> podSelector,
    Health health) {

  public ObservedObject {
    podSelector = Map.copyOf(podSelector);
  }

  /**
   * True if it belongs to the ApplySet it names: it has a label, an Apply entry of ours, and no
   * controller.
   */
  public boolean member() {
    return !applySetId.isEmpty() && !fields.isEmpty() && !controlled;
  }

  /** {@code Kind namespace/name}, or {@code Kind name}. */
  public String describe() {
    return kind.kind() + " " + (namespace.isEmpty() ? name : namespace + "/" + name);
  }
}
