package dev.plinth.addons.servicelb;

import static java.net.HttpURLConnection.HTTP_CONFLICT;
import static java.net.HttpURLConnection.HTTP_NOT_FOUND;

import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.ServiceStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Writes to Services: the finalizer and the status, by server-side apply. Every write names the
 * Service by its UID too, so that none of the same name is hit.
 */
final class ServiceWriter {

  private static final PatchContext APPLY =
      new PatchContext.Builder()
          .withPatchType(PatchType.SERVER_SIDE_APPLY)
          .withFieldManager(Ownership.MANAGER)
          .withForce(true)
          .build();
  private static final PatchContext JSON_PATCH =
      new PatchContext.Builder()
          .withPatchType(PatchType.JSON)
          .withFieldManager(Ownership.MANAGER)
          .build();
  private static final KubernetesSerialization SERIALIZATION = new KubernetesSerialization();

  private final KubernetesClient client;
  private final UnaryOperator<Service> apply;
  private final UnaryOperator<Service> applyStatus;

  private ServiceWriter(
      KubernetesClient client, UnaryOperator<Service> apply, UnaryOperator<Service> applyStatus) {
    this.client = client;
    this.apply = apply;
    this.applyStatus = applyStatus;
  }

  /** A writer for Services that no reconciler keeps in memory. */
  static ServiceWriter direct(KubernetesClient client) {
    return new ServiceWriter(
        client,
        it -> client.resource(it).patch(APPLY),
        it -> client.resource(it).subresource("status").patch(APPLY));
  }

  /** A writer whose writes the reconciler's memory knows at once. */
  static ServiceWriter caching(Context<Service> context) {
    return new ServiceWriter(
        context.getClient(),
        context.resourceOperations()::serverSideApplyPrimary,
        context.resourceOperations()::serverSideApplyPrimaryStatus);
  }

  /** Puts the finalizer on a Service. */
  void claim(Service service) {
    apply.apply(
        declaration(service).editMetadata().withFinalizers(Names.FINALIZER).endMetadata().build());
  }

  /**
   * Takes the finalizer off a Service, unless somebody else declares it too. Whether the Service is
   * gone meanwhile makes no difference.
   */
  void release(Service service) {
    unlessGone(service, () -> apply.apply(declaration(service).build()));
  }

  /** Declares the status of a Service. */
  void writeStatus(Service service, ServiceStatus status) {
    applyStatus.apply(declaration(service).withStatus(status).build());
  }

  /** Takes everything of ours out of a Service's status. */
  void clearStatus(Service service) {
    unlessGone(service, () -> applyStatus.apply(declaration(service).build()));
  }

  /**
   * Makes what K3s has written to a Service ours, if there is any.
   *
   * @return the Service afterwards; empty if it is gone
   */
  Optional<Service> takeOver(Service service) {
    if (Ownership.takenOver(service).isEmpty()) {
      return Optional.of(service);
    }
    Optional<Service> live = live(service);
    Optional<List<ManagedFieldsEntry>> fields = live.flatMap(Ownership::takenOver);
    return fields.isEmpty()
        ? live
        : Optional.of(
            client
                .resource(live.get())
                .patch(
                    JSON_PATCH,
                    replacement(live.get().getMetadata().getResourceVersion(), fields.get())));
  }

  /** A patch of managed fields that fails if the object is not the one that was read. */
  static String replacement(String resourceVersion, List<ManagedFieldsEntry> managedFields) {
    return SERIALIZATION.asJson(
        List.of(
            Map.of("op", "test", "path", "/metadata/resourceVersion", "value", resourceVersion),
            Map.of("op", "replace", "path", "/metadata/managedFields", "value", managedFields)));
  }

  private void unlessGone(Service service, Runnable write) {
    try {
      write.run();
    } catch (KubernetesClientException e) {
      boolean maybeGone = e.getCode() == HTTP_NOT_FOUND || e.getCode() == HTTP_CONFLICT;
      if (!maybeGone || live(service).isPresent()) {
        throw e;
      }
    }
  }

  private Optional<Service> live(Service service) {
    return Optional.ofNullable(
            client
                .services()
                .inNamespace(service.getMetadata().getNamespace())
                .withName(service.getMetadata().getName())
                .get())
        .filter(it -> it.getMetadata().getUid().equals(service.getMetadata().getUid()));
  }

  private static ServiceBuilder declaration(Service service) {
    return new ServiceBuilder()
        .withNewMetadata()
        .withNamespace(service.getMetadata().getNamespace())
        .withName(service.getMetadata().getName())
        .withUid(service.getMetadata().getUid())
        .endMetadata();
  }
}
