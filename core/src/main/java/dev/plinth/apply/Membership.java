package dev.plinth.apply;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.google.common.hash.Hashing;
import com.google.common.io.BaseEncoding;
import java.util.Optional;

/**
 * The set that the objects of one manifest belong to: an ApplySet (KEP-3659) whose parent is an
 * Addon resource.
 *
 * @param namespace namespace of the Addon resource
 * @param name name of the Addon resource
 * @param addon the add-on it belongs to; empty for a user's file
 */
public record Membership(String namespace, String name, Optional<String> addon) {

  public Membership {
    requireNonNull(namespace, "namespace");
    requireNonNull(name, "name");
    requireNonNull(addon, "addon");
  }

  /** The ApplySet's id, a function of the parent's identity (KEP-3659). */
  public String applySetId() {
    byte[] digest =
        Hashing.sha256()
            .hashString(name + "." + namespace + ".Addon.k3s.cattle.io", UTF_8)
            .asBytes();
    return "applyset-" + BaseEncoding.base64Url().omitPadding().encode(digest) + "-v1";
  }

  /** The label value by which K3s marks the objects of the same Addon, had it applied them. */
  @SuppressWarnings(
      "deprecation") // SHA-1 is what K3s wrote into clusters; nothing rests on its strength.
  public String k3sOwnerHash() {
    return Hashing.sha1()
        .hashString("k3s.cattle.io/v1, Kind=Addon" + name + namespace, UTF_8)
        .toString();
  }

  /** {@code namespace/name} of the Addon resource. */
  @Override
  public String toString() {
    return namespace + "/" + name;
  }
}
