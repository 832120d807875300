package dev.plinth.lifecycle;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.plinth.apply.ChangeSet;
import dev.plinth.apply.DeleteRules;
import dev.plinth.deploy.AddonEvents.Reason;
import dev.plinth.deploy.DeclaredManifest;
import dev.plinth.deploy.ManifestReconciler.Planned;
import dev.plinth.deploy.SourceRules.Decision;
import dev.plinth.files.FileReading;
import dev.plinth.files.FileReading.Look;
import dev.plinth.files.ManifestFile;
import dev.plinth.lifecycle.FileSources.Standing;
import dev.plinth.manifest.ManifestException;
import dev.plinth.manifest.ManifestLimits;
import dev.plinth.manifest.ManifestParser;
import dev.plinth.report.AddonState;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Makes the cluster hold what one user's file declares: reads it once it is still, applies what
 * adds and alters at once and what deletes a moment later, and tells how it stands. Belongs to the
 * loop of its Addon; has memory only of what it has seen of the file.
 */
final class FileRound {

  /** A writer that pauses between two documents must lose nothing. */
  private static final Duration STILL_BEFORE_DELETION = Duration.ofSeconds(2);

  private static final Duration QUIET_ABOUT_ERRORS = Duration.ofSeconds(1);
  private static final Duration LONGEST_QUIET = Duration.ofSeconds(10);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(250);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  private final ManifestFile file;
  private final String name;
  private final boolean prune;
  private final DeleteRules rules;
  private final FileSources sources;
  private final Surroundings server;
  private final ManifestRound round;
  private final FileReading reading;
  private final Backoff backoff = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);
  private Optional<Instant> failing = Optional.empty();
  private String tried = "";
  private String lastReason = "";
  private boolean mustLook;
  private long look;

  /**
   * @param file the file
   * @param prune whether an emptied file has its objects deleted
   * @param rules what may be deleted
   * @param sources which server applies the file
   */
  FileRound(
      ManifestFile file,
      boolean prune,
      DeleteRules rules,
      FileSources sources,
      Surroundings server) {
    this.file = file;
    this.name = file.path().addonName();
    this.prune = prune;
    this.rules = rules;
    this.sources = sources;
    this.server = server;
    this.round = new ManifestRound(server);
    this.reading = new FileReading(file.location(), ManifestLimits.DEFAULT.bytes(), server.clock());
  }

  /**
   * Does what is to be done now.
   *
   * @param newestLook number of the look that found a possible change last
   * @param notes what others have to do with the Addon; part of its status
   * @return when to run again if nothing happens before; empty if it need not
   * @throws io.fabric8.kubernetes.client.KubernetesClientException if the cluster cannot be reached
   */
  Optional<Duration> run(long newestLook, String notes) throws InterruptedException {
    look = newestLook;
    Look seen = mustLook ? reading.lookAnew(look) : reading.look(look);
    if (seen instanceof Look.Unsettled unsettled) {
      return Optional.of(unsettled.again());
    } else if (seen instanceof Look.Unreadable unreadable) {
      return quiet(unreadable.since())
          .or(
              () -> {
                fail(
                    declare("").claimed(sources.claim()),
                    !sources.areOurs(),
                    Reason.READ_MANIFEST_FAILED,
                    "%s: %s".formatted(file.location(), unreadable.problem()));
                return Optional.of(backoff.next());
              });
    }
    return apply((Look.Content) seen, notes);
  }

  private Optional<Duration> apply(Look.Content content, String notes) throws InterruptedException {
    DeclaredManifest manifest = declare(new String(content.content(), UTF_8));
    Standing standing = sources.decide(manifest.checksum());
    if (!(standing.decision() instanceof Decision.Apply)) {
      return standBy(manifest, standing.decision());
    }
    manifest = manifest.claimed(standing.claim());
    Planned planned;
    try {
      decode(file.location(), content.content());
      if (!manifest.checksum().equals(tried)) {
        backoff.reset();
        tried = manifest.checksum();
      }
      Optional<Verdict> left = new LeftToK3s(server).obstacle(manifest);
      if (left.isPresent()) {
        mustLook = true;
        publish(left.get());
        return Optional.of(backoff.next());
      }
      planned = round.plan(manifest);
    } catch (ManifestException e) {
      Optional<Duration> wait = quiet(content.since());
      if (wait.isEmpty()) {
        fail(manifest, standing.takesOver(), Reason.PARSE_MANIFEST_FAILED, e.getMessage());
      }
      return wait;
    }
    failing = Optional.empty();
    mustLook = false;
    return execute(planned, standing, content.since(), notes);
  }

  /** Another server's file is what is in force. */
  private Optional<Duration> standBy(DeclaredManifest manifest, Decision decision) {
    round.end(manifest.membership());
    server.drift().forget(name);
    failing = Optional.empty();
    mustLook = false;
    sources.tell(manifest);
    Elsewhere elsewhere = new Elsewhere(name, server);
    if (decision instanceof Decision.Abandoned abandoned && sources.speaks()) {
      new Unattended(server).tell(name, Elsewhere.GONE, Elsewhere.gone(abandoned.winner()));
    }
    server
        .board()
        .publishFile(
            file.path().path(),
            look,
            elsewhere.verdict(manifest, decision),
            server.addons().told(name).total());
    return Optional.empty();
  }

  private Optional<Duration> execute(
      Planned planned, Standing standing, Instant since, String notes) throws InterruptedException {
    DeclaredManifest manifest = planned.manifest();
    if (planned.changes().givesUp(rules)) {
      Duration still = Duration.between(since, server.clock().instant());
      if (still.compareTo(STILL_BEFORE_DELETION) < 0) {
        mustLook = true;
        publish(
            new Verdict(
                AddonState.PROGRESSING,
                "WaitingForStillness",
                "objects are declared no more; they are deleted once the file has been still for"
                    + " %d s".formatted(STILL_BEFORE_DELETION.toSeconds())));
        return Optional.of(STILL_BEFORE_DELETION.minus(still));
      }
      if (isEmptied(planned.changes(), prune)) {
        server.manifests().withdraw(manifest.membership());
        fail(
            manifest,
            standing.takesOver(),
            Reason.MANIFEST_EMPTIED,
            emptied(planned.changes().prune().size()));
        return Optional.empty();
      }
    }
    server.manifests().claim(planned);
    sources.settled();
    AppliedManifests result = new AppliedManifests(List.of(round.apply(planned, rules)));
    String differing = Elsewhere.describe(standing.differing());
    boolean isTold = server.addons().says(name, differing);
    Verdict verdict = withNotes(withNotes(round.judge(result), notes), differing);
    round.tell(result, verdict);
    publish(verdict);
    if (!differing.isEmpty() && !isTold) {
      server
          .addons()
          .uid(name)
          .ifPresent(uid -> server.events().record(name, uid, Reason.SOURCES_DIFFER, differing));
    }
    if (!verdict.reason().equals(lastReason)) {
      // Another obstacle than the last one: it has not been there for long.
      backoff.reset();
      lastReason = verdict.reason();
    }
    if (!result.complete()) {
      return Optional.of(backoff.next());
    }
    backoff.reset();
    return round.nextLook(manifest);
  }

  private static Verdict withNotes(Verdict verdict, String notes) {
    return notes.isEmpty()
        ? verdict
        : new Verdict(verdict.state(), verdict.reason(), verdict.message() + "; " + notes);
  }

  /**
   * Nothing is changed in the cluster but what it tells.
   *
   * @param ofAnother whether another server's file is in force, of which the Addon tells
   */
  private void fail(DeclaredManifest manifest, boolean ofAnother, Reason event, String message) {
    if (ofAnother) {
      round.end(manifest.membership());
      publish(new Verdict(AddonState.FAILED, event.text(), message));
    } else {
      publish(round.failed(manifest, event, event.text(), message));
    }
  }

  /**
   * How long to go on without telling of an error, since the file is perhaps being written; empty
   * if it is to be told.
   */
  private Optional<Duration> quiet(Instant since) {
    Instant now = server.clock().instant();
    Instant first = failing.orElse(now);
    failing = Optional.of(first);
    boolean isOver =
        !now.isBefore(since.plus(QUIET_ABOUT_ERRORS)) || !now.isBefore(first.plus(LONGEST_QUIET));
    mustLook = !isOver;
    return isOver ? Optional.empty() : Optional.of(LOOK_AGAIN);
  }

  /**
   * Whether what a file declared is left as it is, since it declares nothing any more.
   *
   * @param changes give something up
   */
  static boolean isEmptied(ChangeSet changes, boolean prune) {
    return changes.steps().isEmpty() && !prune;
  }

  /** What there is to say of a file that declares nothing, and whose objects are left. */
  static String emptied(int objects) {
    return ("the file declares nothing any more; %s left. Start with --prune-removed-manifests to"
            + " have what is not declared deleted")
        .formatted(objects == 1 ? "its object is" : "its %d objects are".formatted(objects));
  }

  private DeclaredManifest declare(String content) {
    return new DeclaredManifest(name, Optional.empty(), file.location().toString(), content);
  }

  /**
   * The text of a file.
   *
   * @throws ManifestException if it is none
   */
  static String decode(Path file, byte[] content) {
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
    } catch (CharacterCodingException e) {
      // For the message: it knows the place.
      new ManifestParser().parse(file.toString(), content);
      throw new IllegalStateException(e);
    }
  }

  private void publish(Verdict verdict) {
    int objects = server.owned().members(declare("").membership().applySetId()).size();
    server.board().publishFile(file.path().path(), look, verdict, objects);
  }
}
