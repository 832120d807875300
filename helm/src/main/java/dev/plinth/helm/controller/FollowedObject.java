package dev.plinth.helm.controller;

import static java.util.Objects.requireNonNull;

import dev.plinth.cluster.ResourceKind;
import dev.plinth.drift.Drift;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * An object of a release that is followed, and what the server said last about its drift. Not
 * thread-safe: it belongs to its release.
 */
final class FollowedObject {

  private final DeclaredObject declared;
  private final ResourceKind kind;
  private final ObjectKey key;
  private final String hash;

  /** Of what the last verdict was; it holds as long as that does. */
  private Optional<String> judged = Optional.empty();

  private Optional<Drift> verdict = Optional.empty();

  FollowedObject(DeclaredObject declared, ResourceKind kind) {
    this.declared = requireNonNull(declared, "declared");
    this.kind = requireNonNull(kind, "kind");
    this.key = declared.key(kind);
    this.hash = declared.digest();
  }

  ObjectKey key() {
    return key;
  }

  DeclaredObject declared() {
    return declared;
  }

  /** Of the declaration. */
  String hash() {
    return hash;
  }

  /** Whether a live object surely is as declared; if not, the server has to say. */
  boolean isMetBy(Optional<SeenObject> live) {
    return live.filter(
            it -> Content.covers(Json.object(it.content()), Content.of(declared.body(kind))))
        .isPresent();
  }

  /**
   * How a live object differs from its declaration. The server is asked once for each content.
   *
   * @param live as last seen
   * @param server asks
   */
  Optional<Drift> drift(Optional<SeenObject> live, Supplier<Optional<Drift>> server) {
    String content = live.map(SeenObject::digest).orElse("");
    if (!judged.equals(Optional.of(content))) {
      verdict = isMetBy(live) ? Optional.empty() : server.get();
      judged = Optional.of(content);
    }
    return verdict;
  }

  /** What was said of it is not to be relied on any more. */
  void reconsider() {
    judged = Optional.empty();
  }
}
