package dev.plinth.addons.servicelb;

import static java.net.HttpURLConnection.HTTP_BAD_REQUEST;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ListOptions;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.ServiceList;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What is there once for all Services, and what an earlier run may have left: made before the first
 * Service is served, and taken away when the add-on is disabled.
 */
final class Surroundings {

  private static final long PAGE = 500;
  private static final String TYPE = "spec.type";

  private final KubernetesClient client;
  private final Withdrawal withdrawal;

  Surroundings(KubernetesClient client, Withdrawal withdrawal) {
    this.client = client;
    this.withdrawal = withdrawal;
  }

  /** Makes the namespace of the pods and their service account, where they are missing. */
  void create(String namespace) {
    List<ServiceAccount> accounts = serviceAccounts();
    if (accounts.stream().noneMatch(it -> it.getMetadata().getNamespace().equals(namespace))) {
      if (client.namespaces().withName(namespace).get() == null) {
        client
            .resource(
                new NamespaceBuilder().withNewMetadata().withName(namespace).endMetadata().build())
            .fieldManager(Ownership.MANAGER)
            .serverSideApply();
      }
      client
          .resource(serviceAccount(namespace))
          .fieldManager(Ownership.MANAGER)
          .forceConflicts()
          .serverSideApply();
    }
    delete(
        accounts.stream()
            .filter(it -> !it.getMetadata().getNamespace().equals(namespace))
            .toList());
  }

  /** A DaemonSet that K3s's ServiceLB keeps, if it has one that is not taken over. */
  Optional<String> daemonSetOfK3s() {
    return daemonSets().stream()
        .filter(it -> Ownership.takenOver(it).isPresent())
        .findFirst()
        .map(HasMetadata::getMetadata)
        .map(it -> "DaemonSet %s/%s".formatted(it.getNamespace(), it.getName()));
  }

  /**
   * Looks once for Services that carry something of ours though no DaemonSet leads to them: their
   * type was changed while an earlier run was between two of its steps.
   */
  void withdrawFromOtherTypes() {
    for (Service service : servicesOfOtherTypes()) {
      if (carriesOurs(service) && daemonSetsOf(ServiceRef.of(service)).isEmpty()) {
        withdrawal.from(service, List.of(), ServiceWriter.direct(client));
      }
    }
  }

  /** Takes everything away; the namespace stays, for others may have put something there. */
  void remove() {
    List<DaemonSet> daemonSets = daemonSets();
    for (Service service : client.services().inAnyNamespace().list().getItems()) {
      List<DaemonSet> its =
          daemonSets.stream()
              .filter(it -> ServiceRef.named(it).filter(ServiceRef.of(service)::equals).isPresent())
              .toList();
      if (!its.isEmpty() || carriesOurs(service)) {
        withdrawal.from(service, its, ServiceWriter.direct(client));
      }
    }
    DaemonSetDeletion deletion = new DaemonSetDeletion(client);
    daemonSets().forEach(deletion::delete);
    delete(serviceAccounts());
  }

  /** Whether the API server can select Services by type, as it can since Kubernetes 1.31. */
  boolean canSelectByType() {
    try {
      client
          .services()
          .inAnyNamespace()
          .withField(TYPE, Names.LOAD_BALANCER)
          .list(new ListOptionsBuilder().withLimit(1L).build());
      return true;
    } catch (KubernetesClientException e) {
      if (e.getCode() == HTTP_BAD_REQUEST) {
        return false;
      }
      throw e;
    }
  }

  private static boolean carriesOurs(Service service) {
    return Ownership.ofFinalizer(service) || Ownership.ofStatus(service);
  }

  private List<Service> servicesOfOtherTypes() {
    List<Service> found = new ArrayList<>();
    String next = null;
    boolean canSelect = canSelectByType();
    do {
      ListOptions page = new ListOptionsBuilder().withLimit(PAGE).withContinue(next).build();
      ServiceList list =
          canSelect
              ? client
                  .services()
                  .inAnyNamespace()
                  .withoutField(TYPE, Names.LOAD_BALANCER)
                  .list(page)
              : client.services().inAnyNamespace().list(page);
      list.getItems().stream()
          .filter(it -> !Selected.isLoadBalancer(it) && carriesOurs(it))
          .forEach(found::add);
      next = Optional.ofNullable(list.getMetadata().getContinue()).orElse("");
    } while (!next.isEmpty());
    return found;
  }

  private List<DaemonSet> daemonSetsOf(ServiceRef service) {
    return daemonSets().stream()
        .filter(it -> ServiceRef.named(it).filter(service::equals).isPresent())
        .toList();
  }

  private List<DaemonSet> daemonSets() {
    return client
        .apps()
        .daemonSets()
        .inAnyNamespace()
        .withLabel(Names.NODES_OPTED_IN)
        .list()
        .getItems()
        .stream()
        .filter(it -> it.getMetadata().getName().startsWith(Names.DAEMON_SET_PREFIX))
        .toList();
  }

  private List<ServiceAccount> serviceAccounts() {
    return client
        .serviceAccounts()
        .inAnyNamespace()
        .withLabel(Names.ADDON, ServiceLbAddon.NAME)
        .list()
        .getItems()
        .stream()
        .filter(it -> Objects.equals(it.getMetadata().getName(), Names.SERVICE_ACCOUNT))
        .toList();
  }

  private void delete(Collection<ServiceAccount> accounts) {
    accounts.forEach(it -> client.resource(it).delete());
  }

  private static ServiceAccount serviceAccount(String namespace) {
    return new ServiceAccountBuilder()
        .withNewMetadata()
        .withNamespace(namespace)
        .withName(Names.SERVICE_ACCOUNT)
        .addToLabels(Names.ADDON, ServiceLbAddon.NAME)
        .endMetadata()
        .build();
  }
}
