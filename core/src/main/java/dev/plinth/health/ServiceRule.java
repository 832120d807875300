package dev.plinth.health;

import static dev.plinth.health.Health.current;
import static dev.plinth.health.Health.inProgress;
import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A Service of type LoadBalancer needs an address, as long as it can be expected to get one: nobody
 * serves it if no add-on does, and whether a foreign load-balancer class is served cannot be known.
 */
record ServiceRule(Supplier<HealthContext> circumstances) implements Rule {

  @Override
  public Health judge(LiveObject object) {
    if (!LiveObject.text(object.spec().path("type")).equals("LoadBalancer")) {
      return current("Ready", "");
    }
    String addresses = addresses(object);
    if (!addresses.isEmpty()) {
      return current("AddressAssigned", "reachable at " + addresses);
    }
    HealthContext context = circumstances.get();
    String loadBalancerClass = LiveObject.text(object.spec().path("loadBalancerClass"));
    boolean foreign =
        !loadBalancerClass.isEmpty() && !context.loadBalancerClasses().contains(loadBalancerClass);
    if (foreign) {
      return current(
          "ForeignLoadBalancer",
          "no address so far; load-balancer class '%s' is served by somebody else"
              .formatted(loadBalancerClass));
    }
    if (!context.loadBalancerServed()) {
      return current(
          "NoLoadBalancer", "no address: nothing serves Services of type LoadBalancer here");
    }
    return problem(object)
        .map(it -> inProgress(it.reasonOr("NoAddress"), "no address: " + it.messageOrStatus()))
        .orElseGet(() -> inProgress("NoAddress", "waits for an address from the load balancer"));
  }

  private static String addresses(LiveObject object) {
    return LiveObject.elements(object.status().path("loadBalancer").path("ingress"))
        .map(ServiceRule::address)
        .filter(it -> !it.isBlank())
        .collect(joining(", "));
  }

  private static String address(JsonNode ingress) {
    String ip = LiveObject.text(ingress.path("ip"));
    return ip.isBlank() ? LiveObject.text(ingress.path("hostname")) : ip;
  }

  /** The condition in which Plinth's load balancer says what is in its way. */
  private static Optional<LiveObject.Condition> problem(LiveObject object) {
    return object.condition("plinth.dev/LoadBalancerReady").filter(it -> !it.isTrue());
  }
}
