package dev.plinth.lifecycle;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.plinth.apply.ApplyResult;
import dev.plinth.apply.DeleteRules;
import dev.plinth.apply.ObjectOutcome;
import dev.plinth.cluster.ObservedObject;
import dev.plinth.deploy.AddonCondition;
import dev.plinth.deploy.AddonCondition.Status;
import dev.plinth.deploy.AddonEvents.Reason;
import dev.plinth.deploy.AddonStatusView;
import dev.plinth.deploy.DeclaredManifest;
import dev.plinth.deploy.ManifestReconciler;
import dev.plinth.deploy.ManifestReconciler.Planned;
import dev.plinth.files.FileReading;
import dev.plinth.files.FileReading.Look;
import dev.plinth.files.ManifestFile;
import dev.plinth.manifest.ManifestException;
import dev.plinth.manifest.ManifestLimits;
import dev.plinth.manifest.ManifestParser;
import dev.plinth.report.AddonState;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
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
  private final LoopKeys keys;
  private final String loop;
  private final Surroundings server;
  private final FileReading reading;
  private final RepairBrake brake;
  private final Backoff backoff = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);
  private Optional<Instant> failing = Optional.empty();
  private Optional<String> applied = Optional.empty();
  private String tried = "";
  private boolean mustLook;

  /**
   * @param file the file
   * @param prune whether an emptied file has its objects deleted
   * @param rules what may be deleted
   * @param keys where the loop asks to be woken for the file's objects
   * @param loop key of the loop
   */
  FileRound(
      ManifestFile file,
      boolean prune,
      DeleteRules rules,
      LoopKeys keys,
      String loop,
      Surroundings server) {
    this.file = file;
    this.name = file.path().addonName();
    this.prune = prune;
    this.rules = rules;
    this.keys = keys;
    this.loop = loop;
    this.server = server;
    this.reading =
        new FileReading(file.location(), ManifestLimits.DEFAULT.bytes(), server.clock());
    this.brake = new RepairBrake(server.clock());
  }

  /**
   * Does what is to be done now.
   *
   * @param look number of the look that found a possible change last
   * @param notes what others have to do with the Addon; part of its status
   * @return when to run again if nothing happens before; empty if it need not
   * @throws io.fabric8.kubernetes.client.KubernetesClientException if the cluster cannot be reached
   */
  Optional<Duration> run(long look, String notes) throws InterruptedException {
    Look seen = mustLook ? reading.lookAnew(look) : reading.look(look);
    if (seen instanceof Look.Unsettled unsettled) {
      return Optional.of(unsettled.again());
    } else if (seen instanceof Look.Unreadable unreadable) {
      return quiet(unreadable.since())
          .or(
              () -> {
                fail(
                    declare(""),
                    Reason.READ_MANIFEST_FAILED,
                    "%s: %s".formatted(file.location(), unreadable.problem()));
                return Optional.of(backoff.next());
              });
    }
    return apply((Look.Content) seen, notes);
  }

  /** Has the next run end its pause, since something else than before may come of it. */
  void renew() {
    backoff.reset();
  }

  private Optional<Duration> apply(Look.Content content, String notes)
      throws InterruptedException {
    DeclaredManifest manifest;
    Planned planned;
    try {
      manifest = declare(decode(content.content()));
      if (!manifest.checksum().equals(tried)) {
        backoff.reset();
        tried = manifest.checksum();
      }
      planned = server.manifests().plan(manifest);
    } catch (ManifestException e) {
      Optional<Duration> wait = quiet(content.since());
      if (wait.isEmpty()) {
        fail(
            declare(new String(content.content(), UTF_8)),
            Reason.PARSE_MANIFEST_FAILED,
            e.getMessage());
      }
      return wait;
    }
    failing = Optional.empty();
    mustLook = false;
    keys.put(manifest.membership(), loop);
    return execute(planned, content.since(), notes);
  }

  private Optional<Duration> execute(Planned planned, Instant since, String notes)
      throws InterruptedException {
    DeclaredManifest manifest = planned.manifest();
    if (planned.changes().deletes(rules)) {
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
      if (planned.changes().steps().isEmpty() && !prune) {
        fail(manifest, Reason.MANIFEST_EMPTIED, emptied(planned.changes().prune().size()));
        return Optional.empty();
      }
    }
    Duration pause = brake.pause();
    if (!pause.isZero()) {
      return Optional.of(pause);
    }
    List<ObjectOutcome> refusals = planned.changes().refusals();
    if (!refusals.isEmpty()) {
      server
          .manifests()
          .recordFailure(
              manifest, Reason.APPLY_MANIFEST_FAILED, ManifestReconciler.describe(refusals));
      Verdict verdict =
          new Verdict(
              AddonState.FAILED,
              refusals.get(0).reason(),
              ManifestReconciler.describe(refusals));
      AddonCondition condition =
          new AddonCondition(Status.FALSE, verdict.reason(), verdict.message());
      writeStatus(manifest, condition, condition);
      publish(verdict);
      return Optional.of(backoff.next());
    }
    ApplyResult result = server.manifests().apply(planned, rules);
    if (applied.equals(Optional.of(manifest.checksum())) && result.changes() > 0) {
      brake.repaired();
    }
    if (result.complete()) {
      applied = Optional.of(manifest.checksum());
    } else {
      server
          .manifests()
          .recordFailure(
              manifest,
              Reason.APPLY_MANIFEST_FAILED,
              ManifestReconciler.describe(result.problems()));
    }
    Verdict verdict = withNotes(judge(manifest, result), notes);
    tell(manifest, result, verdict);
    if (!result.complete()) {
      return Optional.of(backoff.next());
    }
    backoff.reset();
    return Optional.empty();
  }

  private Verdict judge(DeclaredManifest manifest, ApplyResult result) {
    if (!result.complete()) {
      List<ObjectOutcome> problems = result.problems();
      boolean passing = problems.stream().allMatch(ObjectOutcome::passing);
      ObjectOutcome first =
          problems.stream().filter(it -> !it.passing()).findFirst().orElse(problems.get(0));
      return new Verdict(
          passing ? AddonState.PROGRESSING : AddonState.FAILED,
          first.reason(),
          ManifestReconciler.describe(problems));
    }
    MemberHealth health = MemberHealth.of(members());
    return health
        .verdict(
            server.diagnosis().examine(manifest.membership().applySetId(), health.unhealthy()))
        .orElseGet(() -> Verdict.ready(health.total(), result.problems()));
  }

  private static Verdict withNotes(Verdict verdict, String notes) {
    return notes.isEmpty()
        ? verdict
        : new Verdict(verdict.state(), verdict.reason(), verdict.message() + "; " + notes);
  }

  private void tell(DeclaredManifest manifest, ApplyResult result, Verdict verdict) {
    if (result.complete() && verdict.state() == AddonState.FAILED) {
      server.manifests().recordUnhealthy(manifest, verdict.message());
    }
    Status ready =
        switch (verdict.state()) {
          case READY -> Status.TRUE;
          case PROGRESSING -> Status.UNKNOWN;
          case FAILED, DISABLED, BLOCKED -> Status.FALSE;
        };
    writeStatus(
        manifest,
        result.complete()
            ? new AddonCondition(Status.TRUE, "Applied", "")
            : new AddonCondition(
                Status.FALSE,
                result.problems().get(0).reason(),
                ManifestReconciler.describe(result.problems())),
        new AddonCondition(ready, verdict.reason(), verdict.message()));
    publish(verdict);
  }

  /** Nothing is changed in the cluster but what it tells. */
  private void fail(DeclaredManifest manifest, Reason event, String message) {
    server.manifests().recordFailure(manifest, event, message);
    keys.put(manifest.membership(), loop);
    AddonCondition condition = new AddonCondition(Status.FALSE, event.text(), message);
    writeStatus(manifest, condition, condition);
    publish(new Verdict(AddonState.FAILED, event.text(), message));
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

  private static String emptied(int objects) {
    return ("the file declares nothing any more; %s left. Start with --prune-removed-manifests to"
            + " have what is not declared deleted")
        .formatted(objects == 1 ? "its object is" : "its %d objects are".formatted(objects));
  }

  private DeclaredManifest declare(String content) {
    return new DeclaredManifest(name, Optional.empty(), file.location().toString(), content);
  }

  /**
   * @throws ManifestException if it is no text
   */
  private String decode(byte[] content) {
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
    } catch (CharacterCodingException e) {
      // For the message: it knows the place.
      new ManifestParser().parse(file.location().toString(), content);
      throw new IllegalStateException(e);
    }
  }

  private void writeStatus(
      DeclaredManifest manifest, AddonCondition appliedNow, AddonCondition readiness) {
    MemberHealth health = MemberHealth.of(members());
    server
        .addons()
        .writeStatus(
            name,
            new AddonStatusView(
                manifest.checksum(),
                health.total(),
                health.ready(),
                server.nodeName(),
                appliedNow,
                readiness));
  }

  private void publish(Verdict verdict) {
    server.board().publishFile(file.path().path(), verdict, members().size());
  }

  private List<ObservedObject> members() {
    return server.owned().members(declare("").membership().applySetId());
  }
}
