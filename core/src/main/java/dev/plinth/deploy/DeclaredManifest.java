package dev.plinth.deploy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.google.common.hash.Hashing;
import dev.plinth.apply.Membership;
import java.util.Optional;

/**
 * A manifest file that is to be in the cluster.
 *
 * @param name name of its Addon
 * @param addon the add-on that ships it; empty for a user's file
 * @param source absolute path of the file; empty if there is none
 * @param content its text
 * @param claim that this server applies it; empty for what is no user's file
 */
public record DeclaredManifest(
    String name,
    Optional<String> addon,
    String source,
    String content,
    Optional<SourceClaim> claim) {

  public DeclaredManifest {
    requireNonNull(name, "name");
    requireNonNull(addon, "addon");
    requireNonNull(source, "source");
    requireNonNull(content, "content");
    requireNonNull(claim, "claim");
  }

  /** A manifest that all servers have, or whose Addon is not to be written. */
  public DeclaredManifest(String name, Optional<String> addon, String source, String content) {
    this(name, addon, source, content, Optional.empty());
  }

  /** The same, applied by a server. */
  public DeclaredManifest claimed(SourceClaim by) {
    return new DeclaredManifest(name, addon, source, content, Optional.of(by));
  }

  /** The set that its objects belong to. */
  public Membership membership() {
    return new Membership(AddonResource.NAMESPACE, name, addon);
  }

  /** SHA-256 of the content, in hexadecimal, as K3s records it; empty if there is no file. */
  public String checksum() {
    if (source.isEmpty()) {
      return "";
    }
    return Hashing.sha256().hashString(content, UTF_8).toString();
  }
}
