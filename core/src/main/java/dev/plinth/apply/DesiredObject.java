package dev.plinth.apply;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.plinth.cluster.Labels;
import dev.plinth.cluster.ObservedObject;
import dev.plinth.cluster.ResourceKind;
import dev.plinth.manifest.ManifestDocument;
import dev.plinth.manifest.ObjectReference;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * An object as it is to be applied: the declaration without what only a server sets, in its
 * namespace, with the marks of membership.
 *
 * @param document the declaration
 * @param kind its kind as served
 * @param body what is applied, but for the annotation {@code plinth.dev/applied}; not to be
 *     changed. The annotation {@code plinth.dev/drift} is not in it: on the live object it is the
 *     user's
 * @param hash hash of {@code body}
 */
record DesiredObject(ManifestDocument document, ResourceKind kind, ObjectNode body, String hash) {

  private static final String DEFAULT_NAMESPACE = "default";
  private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";
  static final List<String> SERVER_SET_METADATA =
      List.of(
          "creationTimestamp",
          "deletionGracePeriodSeconds",
          "deletionTimestamp",
          "generation",
          "managedFields",
          "resourceVersion",
          "selfLink",
          "uid");

  private static final ObjectMapper CANONICAL =
      JsonMapper.builder().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS).build();

  static DesiredObject of(ManifestDocument document, ResourceKind kind, Membership membership) {
    ObjectNode body = document.content().deepCopy();
    body.remove("status");
    ObjectNode metadata = (ObjectNode) body.path("metadata");
    metadata.remove(SERVER_SET_METADATA);
    if (metadata.path("annotations") instanceof ObjectNode annotations) {
      annotations.remove(List.of(LAST_APPLIED, Labels.APPLIED, Labels.DRIFT));
    }
    if (!kind.namespaced()) {
      metadata.remove("namespace");
    } else if (metadata.path("namespace").asText("").isEmpty()) {
      metadata.put("namespace", DEFAULT_NAMESPACE);
    }
    if (kind.groupKind().equals("Secret")) {
      encodeStringData(body);
    }
    ObjectNode labels = metadata.withObjectProperty("labels");
    labels.put(Labels.APPLYSET_PART_OF, membership.applySetId());
    membership.addon().ifPresent(addon -> labels.put(Labels.ADDON, addon));
    return new DesiredObject(document, kind, body, AppliedMark.hash(canonical(body)));
  }

  String namespace() {
    return body.path("metadata").path("namespace").asText("");
  }

  String name() {
    return body.path("metadata").path("name").asText();
  }

  ObjectReference reference() {
    return new ObjectReference(kind.apiVersion(), kind.kind(), namespace(), name());
  }

  /** What the declaration says about drift of the object; empty if nothing. */
  Optional<String> driftPolicy() {
    JsonNode annotation =
        document.content().path("metadata").path("annotations").path(Labels.DRIFT);
    return annotation.isMissingNode() || annotation.isNull()
        ? Optional.empty()
        : Optional.of(annotation.asText());
  }

  /** Whether the server deletes the object by itself once its work is done. */
  boolean expires() {
    return kind.groupKind().equals("Job.batch")
        && body.path("spec").hasNonNull("ttlSecondsAfterFinished");
  }

  /** Whether it may be deleted and made anew where it cannot be changed. */
  boolean replaceAllowed() {
    return body.path("metadata")
        .path("annotations")
        .path(Labels.REPLACE)
        .asText("")
        .equals("allow");
  }

  Phase phase() {
    return Phase.of(kind);
  }

  /** Whether this is the definition of that object's kind. */
  boolean defines(ObjectReference object) {
    JsonNode spec = body.path("spec");
    return phase() == Phase.DEFINITIONS
        && spec.path("group").asText().equals(object.group())
        && spec.path("names").path("kind").asText().equals(object.kind());
  }

  /** The body to send, carrying this mark. */
  ObjectNode bodyWithMark(String mark) {
    ObjectNode marked = body.deepCopy();
    ((ObjectNode) marked.path("metadata"))
        .withObjectProperty("annotations")
        .put(Labels.APPLIED, mark);
    return marked;
  }

  /** The mark that the object carries if nothing is to be done. */
  String markFor(ObservedObject observed) {
    return AppliedMark.of(hash, uncovered(observed));
  }

  /** Whether the live object is as declared, told from what is known of it. */
  boolean isUnchanged(ObservedObject observed) {
    return observed.applied().equals(markFor(observed));
  }

  /** Whether it was this declaration that was applied last, whatever has happened since. */
  boolean wasAppliedTo(ObservedObject observed) {
    return AppliedMark.isOf(hash, observed.applied());
  }

  /** Whether somebody else wrote the mark, or took it away. */
  boolean lacksOurMark(ObservedObject observed) {
    return uncovered(observed).contains("metadata.annotations." + Labels.APPLIED);
  }

  /** Declared fields that are not ours in the live object. */
  SortedSet<String> uncovered(ObservedObject observed) {
    return new TreeSet<>(observed.fields().uncovered(bodyWithMark(observed.applied())));
  }

  /**
   * The server keeps {@code data} only; written there, it is owned there. What is no map of texts
   * is left as it is, for the server to refuse.
   */
  private static void encodeStringData(ObjectNode secret) {
    JsonNode stringData = secret.path("stringData");
    JsonNode data = secret.path("data");
    boolean encodable =
        stringData.isObject()
            && stringData.valueStream().allMatch(JsonNode::isTextual)
            && (data.isObject() || data.isNull() || data.isMissingNode());
    if (encodable) {
      ObjectNode merged = secret.withObjectProperty("data");
      stringData
          .properties()
          .forEach(it -> merged.put(it.getKey(), base64(it.getValue().asText())));
      secret.remove("stringData");
    }
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
  }

  /** A text that is the same for all notations of one declaration. */
  static String canonical(ObjectNode body) {
    try {
      return CANONICAL.writeValueAsString(CANONICAL.treeToValue(body, Object.class));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a JSON tree is always writable", e);
    }
  }
}
