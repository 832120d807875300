package dev.plinth.addons.servicelb;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.fabric8.kubernetes.api.model.LoadBalancerIngress;
import io.fabric8.kubernetes.api.model.LoadBalancerIngressBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceStatus;
import io.fabric8.kubernetes.api.model.ServiceStatusBuilder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a Service's status shall say.
 *
 * @param addresses by which it is reached
 * @param condition whether it is, and what is in the way; empty as long as there is nothing to tell
 */
record DesiredStatus(List<String> addresses, Optional<Condition> condition) {

  private static final String TRUE = "True";
  private static final String FALSE = "False";
  private static final String ADDRESS_ASSIGNED = "AddressAssigned";
  private static final String PROGRESSING = "Progressing";

  /**
   * Problems that are seen in pods. They are out of sight for a moment whenever a pod is made anew,
   * which is no solution.
   */
  private static final Set<String> SEEN_IN_PODS =
      Set.of(
          Problem.HOST_PORT_TAKEN,
          Problem.UNSCHEDULABLE,
          Problem.SYSCTL_FORBIDDEN,
          Problem.IMAGE_PULL_FAILED,
          Problem.CONTAINER_FAILED);

  DesiredStatus {
    addresses = List.copyOf(addresses);
  }

  /**
   * The status that follows the one a Service has.
   *
   * @param problem what is in the way, even if some nodes serve
   */
  static DesiredStatus of(
      Service service, List<String> addresses, Optional<Problem> problem, Instant now) {
    return new DesiredStatus(
        addresses, condition(currentCondition(service), addresses, problem, now));
  }

  /** The addresses a Service has. */
  static List<String> currentAddresses(Service service) {
    return currentIngress(service).stream().map(LoadBalancerIngress::getIp).toList();
  }

  /** The condition a Service has. */
  static Optional<Condition> currentCondition(Service service) {
    return Optional.ofNullable(service.getStatus()).stream()
        .flatMap(it -> it.getConditions().stream())
        .filter(it -> it.getType().equals(Names.CONDITION))
        .findFirst();
  }

  /** Whether a Service has this status. Addresses that are not ours are not missed to be gone. */
  boolean isOf(Service service) {
    boolean sameAddresses =
        currentIngress(service).equals(ingress())
            || (addresses.isEmpty() && !Ownership.ofAddresses(service));
    return sameAddresses && currentCondition(service).equals(condition);
  }

  /** Whether a condition tells of something that somebody may have to do something about. */
  static boolean isOfProblem(Condition condition) {
    return !condition.getReason().equals(ADDRESS_ASSIGNED)
        && !condition.getReason().equals(PROGRESSING);
  }

  /** The status to declare; the mode is what the API server would put there. */
  ServiceStatus toStatus() {
    return new ServiceStatusBuilder()
        .withNewLoadBalancer()
        .withIngress(ingress())
        .endLoadBalancer()
        .withConditions(condition.map(List::of).orElse(List.of()))
        .build();
  }

  private List<LoadBalancerIngress> ingress() {
    return addresses.stream()
        .map(it -> new LoadBalancerIngressBuilder().withIp(it).withIpMode("VIP").build())
        .toList();
  }

  private static List<LoadBalancerIngress> currentIngress(Service service) {
    return Optional.ofNullable(service.getStatus())
        .map(ServiceStatus::getLoadBalancer)
        .map(it -> it.getIngress())
        .orElse(List.of());
  }

  private static Optional<Condition> condition(
      Optional<Condition> current, List<String> addresses, Optional<Problem> problem, Instant now) {
    if (problem.isPresent()) {
      return Optional.of(
          condition(
              current, !addresses.isEmpty(), problem.get().reason(), problem.get().message(), now));
    }
    if (!addresses.isEmpty()) {
      return Optional.of(
          condition(
              current,
              true,
              ADDRESS_ASSIGNED,
              addresses.size() == 1 ? "1 address" : addresses.size() + " addresses",
              now));
    }
    return current.map(
        it ->
            it.getStatus().equals(FALSE) && SEEN_IN_PODS.contains(it.getReason())
                ? it
                : condition(current, false, PROGRESSING, "waits for a pod to become ready", now));
  }

  private static Condition condition(
      Optional<Condition> current, boolean ready, String reason, String message, Instant now) {
    String status = ready ? TRUE : FALSE;
    String since =
        current
            .filter(it -> it.getStatus().equals(status))
            .map(Condition::getLastTransitionTime)
            .orElseGet(() -> now.truncatedTo(ChronoUnit.SECONDS).toString());
    return new ConditionBuilder()
        .withType(Names.CONDITION)
        .withStatus(status)
        .withReason(reason)
        .withMessage(message)
        .withLastTransitionTime(since)
        .build();
  }
}
