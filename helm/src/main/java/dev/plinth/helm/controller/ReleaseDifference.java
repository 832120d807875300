package dev.plinth.helm.controller;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.Lists;
import dev.plinth.apply.FieldChange;
import dev.plinth.apply.ObjectPreview;
import dev.plinth.apply.ObjectPreview.Change;
import dev.plinth.manifest.ObjectReference;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * How the objects of two manifests of one release differ: created and changed ones in the order of
 * the newer manifest, then those that are in the older one only. The API server is not asked, so
 * none of it is verified.
 */
final class ReleaseDifference {

  private final String release;
  private final Function<DeclaredObject, ObjectReference> naming;
  private final UnaryOperator<String> redaction;

  /**
   * @param release the release as people know it
   * @param naming an object's name, with the namespace that it is in
   * @param redaction takes out what is secret
   */
  ReleaseDifference(
      String release,
      Function<DeclaredObject, ObjectReference> naming,
      UnaryOperator<String> redaction) {
    this.release = release;
    this.naming = naming;
    this.redaction = redaction;
  }

  List<ObjectPreview> between(List<DeclaredObject> before, List<DeclaredObject> after) {
    Map<String, DeclaredObject> old = new LinkedHashMap<>();
    before.forEach(it -> old.put(key(it), it));
    List<ObjectPreview> previews = new ArrayList<>();
    for (DeclaredObject now : after) {
      DeclaredObject was = old.remove(key(now));
      if (was == null) {
        previews.add(preview(now, Change.CREATE, List.of(), release));
      } else {
        List<FieldChange> fields = fields(was, now);
        if (!fields.isEmpty()) {
          previews.add(preview(now, Change.CHANGE, fields, release));
        }
      }
    }
    old.values().forEach(it -> previews.add(removal(it)));
    return previews;
  }

  /** What an uninstallation takes away, the last objects first. */
  List<ObjectPreview> removal(List<DeclaredObject> objects) {
    return Lists.reverse(objects).stream().map(this::removal).toList();
  }

  private ObjectPreview removal(DeclaredObject object) {
    return isKept(object)
        ? preview(
            object,
            Change.LEAVE,
            List.of(),
            release + ": kept, as its annotation helm.sh/resource-policy says")
        : preview(object, Change.DELETE, List.of(), release);
  }

  private List<FieldChange> fields(DeclaredObject was, DeclaredObject now) {
    ObjectNode before = Json.object(was.json());
    ObjectNode after = Json.object(now.json());
    boolean isSecret =
        now.reference().kind().equals("Secret") && now.reference().apiVersion().equals("v1");
    return FieldChange.between(before, after, isSecret).stream()
        .map(
            it ->
                new FieldChange(
                    it.path(), redaction.apply(it.before()), redaction.apply(it.after())))
        .toList();
  }

  private ObjectPreview preview(
      DeclaredObject object, Change change, List<FieldChange> fields, String message) {
    return new ObjectPreview(naming.apply(object), change, false, fields, message);
  }

  private static boolean isKept(DeclaredObject object) {
    return Json.object(object.json())
        .at("/metadata/annotations")
        .path("helm.sh/resource-policy")
        .asText()
        .contains("keep");
  }

  /** The same object has the same key whatever version of its API a manifest writes. */
  private String key(DeclaredObject object) {
    ObjectReference reference = naming.apply(object);
    return String.join(
        "\n", reference.group(), reference.kind(), reference.namespace(), reference.name());
  }
}
