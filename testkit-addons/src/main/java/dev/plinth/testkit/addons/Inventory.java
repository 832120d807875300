package dev.plinth.testkit.addons;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toMap;

import com.fasterxml.jackson.databind.JsonNode;
import dev.plinth.manifest.ObjectReference;
import dev.plinth.testkit.LiveObjects;
import dev.plinth.testkit.LiveObjects.LiveObject;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The objects of a cluster at a moment.
 *
 * @param objects by what they are called
 */
record Inventory(Map<ObjectReference, JsonNode> objects) {

  /** They say nothing of what there is; addresses are listed with their Services. */
  private static final Set<String> IGNORED =
      Set.of("events", "leases", "componentstatuses", "ipaddresses");

  /** An APIService that the API server has made of a definition, which it is listed with. */
  private static final String MADE_BY_ITSELF =
      "/metadata/labels/kube-aggregator.kubernetes.io~1automanaged";

  /** Every Namespace is given them. */
  private static final Set<String> OF_EVERY_NAMESPACE =
      Set.of("ServiceAccount default", "ConfigMap kube-root-ca.crt");

  private static final String ADDON = "plinth.dev/addon";

  static Inventory of(KubernetesClient client) {
    return of(
        LiveObjects.of(client, it -> !IGNORED.contains(it))
            .filter(it -> it.content().at(MADE_BY_ITSELF).isMissingNode())
            .collect(toMap(Inventory::referenceOf, LiveObject::content, (one, other) -> one)));
  }

  private static Inventory of(Map<ObjectReference, JsonNode> objects) {
    Map<ObjectReference, JsonNode> sorted =
        new TreeMap<>(
            Comparator.comparing(ObjectReference::toString)
                .thenComparing(ObjectReference::apiVersion));
    sorted.putAll(objects);
    return new Inventory(sorted);
  }

  private static ObjectReference referenceOf(LiveObject object) {
    JsonNode metadata = object.content().path("metadata");
    return new ObjectReference(
        object.path().replaceFirst("^/apis?/", "").replaceFirst("/[^/]*$", ""),
        object.kind(),
        metadata.path("namespace").asText(""),
        metadata.path("name").asText());
  }

  /** The objects of a user in a namespace; what controllers have made of them goes with them. */
  static Stream<LiveObject> ofUserIn(String namespace, KubernetesClient client) {
    return LiveObjects.of(client, it -> !IGNORED.contains(it))
        .filter(it -> referenceOf(it).namespace().equals(namespace))
        .filter(it -> it.content().path("metadata").path("ownerReferences").isEmpty())
        .filter(it -> !isOfEveryNamespace(referenceOf(it)));
  }

  private static boolean isOfEveryNamespace(ObjectReference object) {
    return OF_EVERY_NAMESPACE.contains(object.kind() + " " + object.name());
  }

  /** Those of them that an earlier inventory has not. */
  Inventory without(Inventory earlier) {
    return filter(it -> !uid(objects.get(it)).equals(uid(earlier.objects.get(it))));
  }

  /** Those outside of namespaces. */
  Inventory outside(Predicate<String> namespaces) {
    return filter(
        it -> !namespaces.test(it.kind().equals("Namespace") ? it.name() : it.namespace()));
  }

  /** Those that an add-on has declared: copies that controllers make have its label, too. */
  Inventory declaredBy(String addon) {
    return filter(it -> addon.equals(labelOf(objects.get(it))) && !hasController(objects.get(it)));
  }

  /** Those that other add-ons have declared. */
  Inventory declaredByOthersThan(String addon) {
    return filter(
        it -> {
          String label = labelOf(objects.get(it));
          return !label.isEmpty() && !label.equals(addon);
        });
  }

  /**
   * Those that must be taken away with an add-on even if nobody consents to the deletion of
   * protected ones: all but these, and what a Namespace that is left has by itself.
   */
  Inventory unprotected(Set<String> protectedKinds) {
    return filter(
        it ->
            !protectedKinds.contains(it.kind())
                && !(objects.keySet().stream()
                        .anyMatch(
                            other ->
                                other.kind().equals("Namespace")
                                    && other.name().equals(it.namespace()))
                    && isOfEveryNamespace(it)));
  }

  Inventory filter(Predicate<ObjectReference> predicate) {
    return of(
        objects.entrySet().stream()
            .filter(it -> predicate.test(it.getKey()))
            .collect(toMap(Map.Entry::getKey, Map.Entry::getValue)));
  }

  Stream<ObjectReference> references() {
    return objects.keySet().stream();
  }

  boolean isEmpty() {
    return objects.isEmpty();
  }

  private static String uid(JsonNode object) {
    return object == null ? "" : object.path("metadata").path("uid").asText();
  }

  private static String labelOf(JsonNode object) {
    return object.path("metadata").path("labels").path(ADDON).asText("");
  }

  private static boolean hasController(JsonNode object) {
    for (JsonNode owner : object.path("metadata").path("ownerReferences")) {
      if (owner.path("controller").asBoolean()) {
        return true;
      }
    }
    return false;
  }

  /** What they are called, a line for each. */
  @Override
  public String toString() {
    return references().map(it -> "\n  " + it + " (" + it.apiVersion() + ")").collect(joining());
  }
}
