package dev.plinth.addons.servicelb;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Service;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which Service something belongs to. */
record ServiceRef(String namespace, String name) {

  static ServiceRef of(Service service) {
    return new ServiceRef(service.getMetadata().getNamespace(), service.getMetadata().getName());
  }

  static ServiceRef of(ResourceID id) {
    return new ServiceRef(id.getNamespace().orElse(""), id.getName());
  }

  /**
   * The Service that a DaemonSet or pod names in its labels. Early K3s kept DaemonSets beside their
   * Services, whose names were in owner references only.
   */
  static Optional<ServiceRef> named(HasMetadata object) {
    Map<String, String> labels = object.getMetadata().getLabels();
    String name = labels == null ? null : labels.get(Names.SERVICE_NAME);
    if (name == null) {
      return object.getMetadata().getOwnerReferences().stream()
          .filter(it -> it.getKind().equals("Service"))
          .map(OwnerReference::getName)
          .findFirst()
          .map(it -> new ServiceRef(object.getMetadata().getNamespace(), it));
    }
    return Optional.of(
        new ServiceRef(
            labels.getOrDefault(Names.SERVICE_NAMESPACE, object.getMetadata().getNamespace()),
            name));
  }

  /** The Service that an object names, as those who are told of events want it. */
  static Set<ResourceID> idsNamedBy(HasMetadata object) {
    return named(object).map(it -> Set.of(it.toId())).orElse(Set.of());
  }

  ResourceID toId() {
    return new ResourceID(name, namespace);
  }

  @Override
  public String toString() {
    return namespace + "/" + name;
  }
}
