package dev.plinth.lifecycle;

import dev.plinth.deploy.AddonResource;
import dev.plinth.deploy.AddonSources;
import dev.plinth.deploy.DeclaredManifest;
import dev.plinth.deploy.SourceClaim;
import dev.plinth.deploy.SourceFile;
import dev.plinth.deploy.SourceRules;
import dev.plinth.deploy.SourceRules.Absence;
import dev.plinth.deploy.SourceRules.Decision;
import java.util.List;
import java.util.Optional;

/**
 * This server's part in who of several servers applies its file of one Addon name: decides, and
 * tells in the Addon what it has. Belongs to the loop of the Addon.
 */
final class FileSources {

  private final String name;
  private final SeenContent seen;
  private final Surroundings server;
  private final String self;
  private final SourceRules rules;

  /**
   * @param name name of the Addon
   * @param seen what was seen of this server's file
   */
  FileSources(String name, SeenContent seen, Surroundings server) {
    this.name = name;
    this.seen = seen;
    this.server = server;
    this.self = server.nodeName();
    this.rules = new SourceRules(self, server.servers()::isLive);
  }

  /**
   * What is to be done about the file that there is.
   *
   * @param decision what
   * @param claim for applying it
   * @param takesOver whether applying it takes the Addon over from another server
   * @param differing files on other live servers that are not what this one has
   */
  record Standing(
      Decision decision, SourceClaim claim, boolean takesOver, List<SourceFile> differing) {}

  /** Decides about the file as it was read. */
  Standing decide(String checksum) {
    // In this order: what comes between the two makes the claim fail.
    Optional<AddonResource> basis = server.addons().find(name);
    AddonSources known = server.addons().sources(name);
    seen.there(checksum);
    Decision decision = rules.present(checksum, seen.changed(), known);
    if (decision instanceof Decision.StandBy) {
      seen.settled();
    }
    return new Standing(
        decision, new SourceClaim(self, basis), !isOurs(known), rules.differing(checksum, known));
  }

  /** The content that was decided about is in force. */
  void settled() {
    seen.settled();
  }

  /** For telling that the file cannot be read; only if {@link #areOurs}. */
  SourceClaim claim() {
    return new SourceClaim(self, server.addons().find(name));
  }

  /** Whether the Addon is this server's, or nobody's. */
  boolean areOurs() {
    return isOurs(server.addons().sources(name));
  }

  /** Whether another live server applies its file. */
  boolean areOfAnother() {
    AddonSources known = server.addons().sources(name);
    return !isOurs(known) && server.servers().isLive(known.winner());
  }

  /** Whether this server is the one to tell in the Addon that nobody looks after it. */
  boolean speaks() {
    return rules.speaks(server.addons().sources(name));
  }

  /** What this server has told to have, or to have had. */
  Optional<SourceFile> told() {
    return server.addons().sources(name).of(self);
  }

  /** Tells that this server has a file which it does not apply. */
  void tell(DeclaredManifest manifest) {
    server
        .addons()
        .writeSource(
            name, Optional.of(new SourceFile(self, manifest.source(), manifest.checksum())));
  }

  /**
   * Decides about what the file brought, now that it is gone or not to be applied, and tells that
   * it is not there: if others have it, they know then that it is up to them.
   */
  Absence leave() {
    seen.none();
    AddonSources known = server.addons().sources(name);
    Absence absence = rules.absent(known);
    if (!known.winner().equals(self)) {
      server.addons().writeSource(name, Optional.empty());
    } else if (!(absence instanceof Absence.Last)) {
      tellGone();
    }
    return absence;
  }

  /** Tells that this server has no file any more, though it applied it and the objects are left. */
  void tellGone() {
    AddonSources known = server.addons().sources(name);
    if (known.winner().equals(self)) {
      String path =
          known
              .of(self)
              .map(SourceFile::path)
              .orElseGet(() -> server.addons().find(name).map(AddonResource::source).orElse(""));
      server.addons().writeSource(name, Optional.of(new SourceFile(self, path, "")));
    }
  }

  private boolean isOurs(AddonSources known) {
    return known.winner().isEmpty() || known.winner().equals(self);
  }
}
