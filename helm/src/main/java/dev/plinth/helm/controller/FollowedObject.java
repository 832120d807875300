package dev.plinth.helm.controller;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.plinth.cluster.ResourceKind;
import dev.plinth.drift.Drift;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * An object of a release that is followed, what the server said last about its drift, and when to
 * ask it again if it refused. Not thread-safe: it belongs to its release.
 */
final class FollowedObject {

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(5);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);
  private static final int MOST_DOUBLINGS = 10;

  private final DeclaredObject declared;
  private final ObjectKey key;
  private final String hash;
  private final Optional<String> driftPolicy;
  private final boolean expires;

  /** Of what the last verdict was; it holds as long as that does. */
  private Optional<String> judged = Optional.empty();

  private Optional<Drift> verdict = Optional.empty();

  /** What the server said when it refused last; empty after a success. */
  private Optional<String> refusal = Optional.empty();

  private int refusals;
  private Instant notBefore = Instant.MIN;

  FollowedObject(DeclaredObject declared, ResourceKind kind) {
    this.declared = requireNonNull(declared, "declared");
    this.key = declared.key(kind);
    this.hash = declared.digest();
    this.driftPolicy = declared.driftPolicy();
    this.expires = declared.expires();
  }

  ObjectKey key() {
    return key;
  }

  /** What Helm sends. May hold a Secret. */
  ObjectNode body() {
    return declared.body(key.kind());
  }

  /** Of the declaration. */
  String hash() {
    return hash;
  }

  /** What the manifest says about drift of the object; empty if nothing. */
  Optional<String> driftPolicy() {
    return driftPolicy;
  }

  /** Whether the server deletes the object by itself once its work is done. */
  boolean expires() {
    return expires;
  }

  /** Whether a live object surely is as declared; if not, the server has to say. */
  boolean isMetBy(Optional<SeenObject> live) {
    String content = live.map(SeenObject::digest).orElse("");
    if (!judged.equals(Optional.of(content))) {
      judged = Optional.empty();
      if (live.isPresent()
          && Content.covers(Json.object(live.get().content()), Content.of(body()))) {
        judge(content, Optional.empty());
      }
    }
    return judged.isPresent() && verdict.isEmpty();
  }

  /**
   * How a live object differs from its declaration. The server is asked once for each content.
   *
   * @param live as last seen
   * @param server asks; what it throws is thrown on, and the next call asks again
   */
  Optional<Drift> drift(Optional<SeenObject> live, Supplier<Optional<Drift>> server) {
    if (!isMetBy(live) && judged.isEmpty()) {
      judge(live.map(SeenObject::digest).orElse(""), server.get());
    }
    return verdict;
  }

  /** Whether the server said last that it differs. */
  boolean isDrifted() {
    return verdict.isPresent();
  }

  private void judge(String content, Optional<Drift> found) {
    verdict = found;
    judged = Optional.of(content);
  }

  /** The server refused to say, or to repair. */
  void refused(String message, Instant now) {
    Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(refusals, MOST_DOUBLINGS));
    notBefore = now.plus(pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause);
    refusals++;
    refusal = Optional.of(message);
  }

  /** The server has said, or has repaired. */
  void accepted() {
    refusal = Optional.empty();
    refusals = 0;
    notBefore = Instant.MIN;
  }

  /** What the server said when it refused last, if it has not said otherwise since. */
  Optional<String> refusal() {
    return refusal;
  }

  /** Whether the server is not to be bothered yet. */
  boolean isPausing(Instant now) {
    return now.isBefore(notBefore);
  }

  /** When to look though nothing has changed; empty if there is no need to. */
  Optional<Instant> nextLook() {
    return refusal.map(it -> notBefore);
  }
}
