package dev.plinth.apply;

import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.plinth.apply.ChangeSet.Step;
import dev.plinth.cluster.FieldSet;
import dev.plinth.cluster.FieldTransfer;
import dev.plinth.cluster.Labels;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Decides about an object that is not known to be ours: it may not exist, be ours all the same, be
 * handed over, or be somebody else's. What is somebody else's is never seized.
 */
final class FirstContact {

  /** Reason: another manifest has the object. */
  static final String OWNED_BY_ANOTHER = "OwnedByAnother";

  /** Reason: somebody else has the object. */
  static final String FOREIGN_OBJECT = "ForeignObject";

  private final String fieldManager;
  private final Membership membership;

  /**
   * @param fieldManager our own; managers that begin with it and a dash are our add-ons'
   * @param membership the set that the declared objects belong to
   */
  FirstContact(String fieldManager, Membership membership) {
    this.fieldManager = fieldManager;
    this.membership = membership;
  }

  /** Decides without taking anything over from another ApplySet. */
  Step decide(DesiredObject desired, Optional<ObjectNode> live) {
    return decide(desired, live, () -> false);
  }

  /**
   * Decides about an object that no other manifest declares.
   *
   * @param takesOver whether that is certain, so that an object that we applied for another
   *     ApplySet may be taken over
   */
  Step decide(DesiredObject desired, Optional<ObjectNode> live, BooleanSupplier takesOver) {
    if (live.isEmpty()) {
      return new Step.Apply(desired, false);
    }
    JsonNode metadata = live.get().path("metadata");
    JsonNode labels = metadata.path("labels");
    String part = labels.path(Labels.APPLYSET_PART_OF).asText("");
    if (labels.path(Labels.K3S_HASH).asText("").equals(membership.k3sOwnerHash())) {
      return Step.Apply.adopting(desired, live.get(), fieldManager);
    }
    if (part.equals(membership.applySetId())
        || metadata.path("annotations").path(Labels.ADOPT).asText("").equals("true")
        || (part.isEmpty() || bearsMarkOf(desired, metadata)) && isAppliedByUs(metadata)) {
      return new Step.Apply(desired, true);
    }
    if (!part.isEmpty()) {
      return isAppliedByUs(metadata) && takesOver.getAsBoolean()
          ? new Step.Apply(desired, true)
          : declaredTwice(desired, labels);
    }
    if (othersThan(metadata).findAny().isEmpty()) {
      return Step.Apply.adopting(desired, live.get(), fieldManager);
    }
    boolean sharedNamespace =
        desired.phase() == Phase.NAMESPACES
            && othersThan(metadata)
                .noneMatch(it -> FieldSet.of(it.path("fieldsV1")).touches(desired.body()));
    return sharedNamespace ? new Step.Apply(desired, false) : foreign(desired, metadata);
  }

  /** What an apply without force met that the look before it did not show. */
  Step conflicting(DesiredObject desired, ObjectNode live) {
    return foreign(desired, live.path("metadata"));
  }

  static Step declaredTwice(DesiredObject desired, JsonNode labels) {
    String owner = labels.path(Labels.ADDON).asText("");
    return new Step.Refuse(
        desired,
        OWNED_BY_ANOTHER,
        owner.isEmpty()
            ? "it belongs to another ApplySet; declare it in one manifest only"
            : "it belongs to the add-on '%s'; declare it in one place only".formatted(owner));
  }

  private Step foreign(DesiredObject desired, JsonNode metadata) {
    String managers =
        othersThan(metadata)
            .map(it -> it.path("manager").asText())
            .distinct()
            .collect(joining(", "));
    return new Step.Refuse(
        desired,
        FOREIGN_OBJECT,
        "it exists and is managed by %s; to hand it over: kubectl annotate %s %s%s %s=true"
            .formatted(
                managers.isEmpty() ? "somebody else" : managers,
                desired.kind().plural(),
                desired.name(),
                desired.namespace().isEmpty() ? "" : " -n " + desired.namespace(),
                Labels.ADOPT));
  }

  /** The label of an object that we applied may be lost, by somebody's hand; the entry tells. */
  private boolean isAppliedByUs(JsonNode metadata) {
    return !FieldSet.appliedBy(fieldManager, metadata.path("managedFields")).isEmpty();
  }

  /** The mark tells of which set it is: the declaration that it is the hash of has the label. */
  private static boolean bearsMarkOf(DesiredObject desired, JsonNode metadata) {
    return AppliedMark.isOf(
        desired.hash(), metadata.path("annotations").path(Labels.APPLIED).asText(""));
  }

  /** Managed-fields entries of others; an object without any entry has an unknown owner. */
  private Stream<JsonNode> othersThan(JsonNode metadata) {
    JsonNode entries = metadata.path("managedFields");
    if (entries.isEmpty()) {
      return Stream.of(metadata);
    }
    return StreamSupport.stream(entries.spliterator(), false)
        .filter(it -> it.path("subresource").asText("").isEmpty())
        .filter(it -> !isOurs(it));
  }

  private boolean isOurs(JsonNode entry) {
    String manager = entry.path("manager").asText();
    return manager.equals(FieldTransfer.givenBackBy(fieldManager))
        || entry.path("operation").asText().equals("Apply")
            && (manager.equals(fieldManager) || manager.startsWith(fieldManager + "-"));
  }
}
