package dev.plinth.apply;

import static java.util.Objects.requireNonNull;

import dev.plinth.manifest.ObjectReference;
import java.util.List;

/**
 * What would become of one object.
 *
 * @param object which object
 * @param change what would be done
 * @param verified whether the API server has tried it, by dry run; it cannot try what needs another
 *     planned object first
 * @param fields for CHANGE: which fields would differ
 * @param message why it would be left or refused; empty if there is nothing to say
 */
public record ObjectPreview(
    ObjectReference object,
    Change change,
    boolean verified,
    List<FieldChange> fields,
    String message) {

  /** What would be done. */
  public enum Change {
    CREATE,
    CHANGE,
    /** Deleted and made anew, since fields that cannot be changed differ. */
    REPLACE,
    DELETE,
    /** Nothing: it is as declared, or kept on purpose. */
    LEAVE,
    /** It would fail. */
    FAIL
  }

  public ObjectPreview {
    requireNonNull(object, "object");
    requireNonNull(change, "change");
    requireNonNull(message, "message");
    fields = List.copyOf(fields);
  }

  /** The same, with more to say. */
  public ObjectPreview saying(String more) {
    return new ObjectPreview(
        object, change, verified, fields, message.isEmpty() ? more : message + "; " + more);
  }

  static ObjectPreview of(ObjectReference object, Change change, String message) {
    return new ObjectPreview(object, change, true, List.of(), message);
  }
}
