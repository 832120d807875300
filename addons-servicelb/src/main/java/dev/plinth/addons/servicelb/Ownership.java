package dev.plinth.addons.servicelb;

import io.fabric8.kubernetes.api.model.FieldsV1;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What managed fields tell of whose something is.
 *
 * <p>The finalizer's name and the list of addresses are every load balancer's, so only who wrote
 * them tells whose they are. What K3s wrote is taken over: K3s wrote by update, and an entry of an
 * apply in our name takes the place of its entry, so that what we no longer declare goes.
 */
final class Ownership {

  /** In whose name everything here is written; what the SPI calls {@code plinth-<add-on>}. */
  static final String MANAGER = "plinth-" + ServiceLbAddon.NAME;

  /** K3s's cloud controller runs in K3s's own process, whose name it has. */
  private static final Set<String> K3S = Set.of("k3s", "k3s-cloud-controller-manager");

  private static final String APPLY = "Apply";
  private static final String UPDATE = "Update";
  private static final String STATUS = "status";

  private Ownership() {}

  /** Whether an entry says anything about us or about K3s. */
  static boolean concerns(ManagedFieldsEntry entry) {
    return isOurs(entry) || isOfK3s(entry);
  }

  /** Whether the finalizer is on an object because of us or of K3s. */
  static boolean ofFinalizer(HasMetadata object) {
    String key = "v:\"" + Names.FINALIZER + "\"";
    return object.hasFinalizer(Names.FINALIZER)
        && entries(object, "")
            .anyMatch(it -> field(it, "f:metadata", "f:finalizers").containsKey(key));
  }

  /** Whether a part of a Service's status is there because of us or of K3s. */
  static boolean ofStatus(HasMetadata object) {
    return ofAddresses(object) || entries(object, STATUS).anyMatch(Ownership::isOurs);
  }

  /** Whether a Service's addresses are there because of us or of K3s. */
  static boolean ofAddresses(HasMetadata object) {
    return entries(object, STATUS)
        .anyMatch(it -> !field(it, "f:status", "f:loadBalancer").isEmpty());
  }

  /**
   * The managed fields of a Service after the takeover of K3s's finalizer and addresses; empty if
   * there is nothing to take over. Entries of K3s with anything else in them stay K3s's.
   */
  static Optional<List<ManagedFieldsEntry>> takenOver(Service service) {
    return takenOver(service, Ownership::isOfLoadBalancer);
  }

  /** The managed fields of a DaemonSet after its takeover from K3s; empty if it is not K3s's. */
  static Optional<List<ManagedFieldsEntry>> takenOver(DaemonSet daemonSet) {
    return takenOver(daemonSet, it -> subresource(it).isEmpty());
  }

  private static Optional<List<ManagedFieldsEntry>> takenOver(
      HasMetadata object, Predicate<ManagedFieldsEntry> transferable) {
    List<ManagedFieldsEntry> all = object.getMetadata().getManagedFields();
    if (all.stream().noneMatch(it -> isOfK3s(it) && transferable.test(it))) {
      return Optional.empty();
    }
    List<ManagedFieldsEntry> entries = new ArrayList<>();
    for (ManagedFieldsEntry entry : all) {
      if (!isOfK3s(entry) || !transferable.test(entry)) {
        entries.add(entry);
      } else if (Stream.concat(all.stream(), entries.stream())
          .noneMatch(it -> isOurs(it) && sameSubresource(it, entry))) {
        entries.add(entry.toBuilder().withManager(MANAGER).withOperation(APPLY).build());
      }
    }
    return Optional.of(entries);
  }

  private static boolean isOfLoadBalancer(ManagedFieldsEntry entry) {
    return subresource(entry).equals(STATUS)
        ? isOnly(entry, "f:status", "f:loadBalancer")
        : isOnly(entry, "f:metadata", "f:finalizers");
  }

  private static boolean isOnly(ManagedFieldsEntry entry, String parent, String child) {
    return fields(entry).keySet().equals(Set.of(parent))
        && field(entry, parent).keySet().equals(Set.of(child));
  }

  private static Stream<ManagedFieldsEntry> entries(HasMetadata object, String subresource) {
    return object.getMetadata().getManagedFields().stream()
        .filter(Ownership::concerns)
        .filter(it -> subresource(it).equals(subresource));
  }

  private static boolean isOurs(ManagedFieldsEntry entry) {
    return MANAGER.equals(entry.getManager()) && APPLY.equals(entry.getOperation());
  }

  private static boolean isOfK3s(ManagedFieldsEntry entry) {
    return K3S.contains(entry.getManager()) && UPDATE.equals(entry.getOperation());
  }

  private static boolean sameSubresource(ManagedFieldsEntry one, ManagedFieldsEntry other) {
    return subresource(one).equals(subresource(other));
  }

  private static String subresource(ManagedFieldsEntry entry) {
    return Optional.ofNullable(entry.getSubresource()).orElse("");
  }

  private static Map<String, Object> field(ManagedFieldsEntry entry, String... path) {
    Map<String, Object> fields = fields(entry);
    for (String step : path) {
      fields = child(fields, step);
    }
    return fields;
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> child(Map<String, Object> fields, String name) {
    return fields.get(name) instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
  }

  private static Map<String, Object> fields(ManagedFieldsEntry entry) {
    return Optional.ofNullable(entry.getFieldsV1())
        .map(FieldsV1::getAdditionalProperties)
        .orElse(Map.of());
  }
}
