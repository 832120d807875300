package dev.plinth.lifecycle;

import static java.util.stream.Collectors.joining;

import dev.plinth.deploy.AddonCondition;
import dev.plinth.deploy.DeclaredManifest;
import dev.plinth.deploy.SourceFile;
import dev.plinth.deploy.SourceRules.Decision;
import dev.plinth.report.AddonState;
import java.util.Comparator;
import java.util.List;

/** What there is to say of a file of which another server has the one that is in force. */
final class Elsewhere {

  /** Reason: the server that applied other content does so no more. */
  static final String GONE = "OtherServerGone";

  private static final String DIFFERS = "OtherServerDiffers";
  private static final String STANDING_BY = "AppliedByOther";

  private final String name;
  private final Surroundings server;

  /**
   * @param name name of the Addon
   */
  Elsewhere(String name, Surroundings server) {
    this.name = name;
    this.server = server;
  }

  /** Where a file that is not applied stands. */
  Verdict verdict(DeclaredManifest manifest, Decision decision) {
    if (decision instanceof Decision.Differ differ) {
      return new Verdict(AddonState.FAILED, DIFFERS, differs(differ.winner()));
    } else if (decision instanceof Decision.Abandoned abandoned) {
      return new Verdict(
          AddonState.FAILED,
          GONE,
          gone(abandoned.winner()) + ". Change this file to have it applied instead");
    }
    return standingBy(manifest, ((Decision.StandBy) decision).winner());
  }

  /** What there is to say of a file that is not applied. */
  static String differs(String winner) {
    return ("the file of that name on %s has other content and is the one that is applied. Make"
            + " them equal, or change this one to have it applied")
        .formatted(winner);
  }

  /** What there is to say in an Addon that nobody looks after. */
  static String gone(String winner) {
    return "what %s applied stays, though that server is away or has no such file any more: no server has the same content"
        .formatted(winner);
  }

  /**
   * What there is to say of files on other servers that are not applied; empty if there are none.
   */
  static String describe(List<SourceFile> differing) {
    return differing.stream()
        .sorted(Comparator.comparing(SourceFile::instance))
        .map(
            it ->
                "%s on %s has other content and is not applied".formatted(it.path(), it.instance()))
        .collect(joining("; "));
  }

  /** What the server that applies the file tells of it. */
  private Verdict standingBy(DeclaredManifest manifest, String winner) {
    if (!server.addons().told(name).observedChecksum().equals(manifest.checksum())) {
      return new Verdict(AddonState.PROGRESSING, STANDING_BY, winner + " applies it");
    }
    return server
        .addons()
        .condition(name, "Ready")
        .map(
            it ->
                new Verdict(
                    stateOf(it), it.reason(), "%s (on server %s)".formatted(it.message(), winner)))
        .orElseGet(() -> new Verdict(AddonState.PROGRESSING, STANDING_BY, winner + " applies it"));
  }

  private static AddonState stateOf(AddonCondition readiness) {
    return switch (readiness.status()) {
      case TRUE -> AddonState.READY;
      case FALSE -> AddonState.FAILED;
      case UNKNOWN -> AddonState.PROGRESSING;
    };
  }
}
