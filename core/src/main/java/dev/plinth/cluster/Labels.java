package dev.plinth.cluster;

/**
 * Labels and annotations that Plinth writes or reads; a contract with users and with other tools.
 */
public final class Labels {

  /** The add-on an object, or an Addon resource, belongs to. */
  public static final String ADDON = "plinth.dev/addon";

  /** On a ConfigMap of overlays: the add-on they are for. */
  public static final String OVERLAY = "plinth.dev/overlay";

  /** Annotation: hash of the declaration that was applied last. */
  public static final String APPLIED = "plinth.dev/applied";

  /** Annotation by which a user hands a foreign object over: {@code "true"}. */
  public static final String ADOPT = "plinth.dev/adopt";

  /**
   * Annotation of an object, live or in its manifest, or of an Addon: what happens when somebody
   * else changes it, {@code repair}, {@code warn} or {@code ignore}.
   */
  public static final String DRIFT = "plinth.dev/drift";

  /**
   * Annotation by which a user consents to the deletion of an object of a protected kind: {@code
   * allow}.
   */
  public static final String DELETE = "plinth.dev/delete";

  /**
   * Annotation in a manifest by which a user consents that the object is deleted and made anew if a
   * field that cannot be changed differs: {@code allow}.
   */
  public static final String REPLACE = "plinth.dev/replace";

  /** On the Leases of servers: whether it is a server's own, or the leader's. */
  public static final String SERVER = "plinth.dev/server";

  /** On a member: the id of its ApplySet (KEP-3659). */
  public static final String APPLYSET_PART_OF = "applyset.kubernetes.io/part-of";

  /** On a parent: its own id (KEP-3659). */
  public static final String APPLYSET_ID = "applyset.kubernetes.io/id";

  /** Annotation of a parent: who keeps the set (KEP-3659). */
  public static final String APPLYSET_TOOLING = "applyset.kubernetes.io/tooling";

  /** Annotation of a parent: the kinds its members may have (KEP-3659). */
  public static final String APPLYSET_GROUP_KINDS = "applyset.kubernetes.io/contains-group-kinds";

  /**
   * Annotation of a parent: the namespaces besides its own that its members may be in (KEP-3659).
   */
  public static final String APPLYSET_NAMESPACES = "applyset.kubernetes.io/additional-namespaces";

  /** Annotation of an Addon: the kinds it holds, with their versions, as K3s writes it. */
  public static final String K3S_GVKS = "addon.k3s.cattle.io/gvks";

  /** Label by which K3s marks the objects of an Addon: a hash of that Addon's identity. */
  public static final String K3S_HASH = "objectset.rio.cattle.io/hash";

  /** Annotations by which K3s marks the objects of an Addon: whose they are. */
  public static final String K3S_OWNER_KIND = "objectset.rio.cattle.io/owner-gvk";

  /** Annotation of K3s: the name of the Addon, or of whatever else has the object. */
  public static final String K3S_OWNER_NAME = "objectset.rio.cattle.io/owner-name";

  /** Annotation of K3s: the namespace of the Addon, or of whatever else has the object. */
  public static final String K3S_OWNER_NAMESPACE = "objectset.rio.cattle.io/owner-namespace";

  /** Label by which a K3s user exempts an object from pruning: {@code "false"}. */
  public static final String K3S_PRUNE = "objectset.rio.cattle.io/prune";

  private Labels() {}
}
