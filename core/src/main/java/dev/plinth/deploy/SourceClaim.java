package dev.plinth.deploy;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * That a server's file of an Addon name is the one that is applied.
 *
 * @param instance node name of the server
 * @param basis the Addon that this was decided on; empty if there was none. The claim fails if it
 *     is another server's and has changed meanwhile
 */
public record SourceClaim(String instance, Optional<AddonResource> basis) {

  public SourceClaim {
    requireNonNull(instance, "instance");
    requireNonNull(basis, "basis");
  }

  /**
   * Whether the Addon as it is now may be written.
   *
   * @throws AddonTakenException if not
   */
  void check(String name, Optional<AddonResource> now) {
    boolean isOurs = now.filter(it -> it.instance().equals(instance)).isPresent();
    if (!isOurs && !now.equals(basis)) {
      throw new AddonTakenException(name);
    }
  }
}
