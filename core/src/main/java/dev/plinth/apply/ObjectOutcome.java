package dev.plinth.apply;

import static java.util.Objects.requireNonNull;

import dev.plinth.cluster.Awaited;
import dev.plinth.cluster.Discovery;
import dev.plinth.manifest.ObjectReference;
import dev.plinth.manifest.SourceLocation;
import java.util.Optional;

/**
 * What came of one object.
 *
 * @param object which object
 * @param location where it is declared; empty for an object that no manifest declares any more
 * @param action what was done
 * @param reason one CamelCase word for SKIPPED and FAILED, else empty
 * @param message what a person should know, never with contents of a Secret; empty if nothing
 * @param passing for SKIPPED and FAILED: whether trying again may help without anybody doing
 *     something
 */
public record ObjectOutcome(
    ObjectReference object,
    Optional<SourceLocation> location,
    Action action,
    String reason,
    String message,
    boolean passing) {

  /** The closed set of outcomes. */
  public enum Action {
    CREATED,
    CONFIGURED,
    UNCHANGED,
    DELETED,
    /** Left alone on purpose. */
    SKIPPED,
    FAILED
  }

  public ObjectOutcome {
    requireNonNull(object, "object");
    requireNonNull(location, "location");
    requireNonNull(action, "action");
    requireNonNull(reason, "reason");
    requireNonNull(message, "message");
  }

  /**
   * What has to come before the object can be applied, if that can be watched.
   *
   * @param kinds what the server has
   */
  public Optional<Awaited> awaited(Discovery kinds) {
    return switch (reason) {
      case ApplyEngine.KIND_NOT_SERVED, ApplyEngine.KIND_UNAVAILABLE ->
          Optional.of(new Awaited.Kind(object.apiVersion(), object.kind()));
      case ApplyFailure.NAMESPACE_MISSING, ApplyFailure.NAMESPACE_TERMINATING ->
          Optional.of(new Awaited.Namespace(object.namespace()));
      case FirstContact.FOREIGN_OBJECT ->
          kinds
              .find(object.apiVersion(), object.kind())
              .map(it -> new Awaited.HandedOver(it, object.namespace(), object.name()));
      default -> Optional.empty();
    };
  }

  /** {@code Kind namespace/name: message}, with the place of its declaration. */
  public String describe() {
    return object + ": " + message + location.map(it -> " (" + it + ")").orElse("");
  }
}
