package dev.plinth.health;

import java.util.Set;

/**
 * What an object alone does not tell, and health depends on.
 *
 * @param loadBalancerServed whether an enabled add-on fills the slot {@code load-balancer}, so that
 *     Services of type LoadBalancer can be expected to get an address
 * @param loadBalancerClasses the values of {@code spec.loadBalancerClass} which that add-on serves
 *     besides Services without a class; a Service of any other class is somebody else's
 */
public record HealthContext(boolean loadBalancerServed, Set<String> loadBalancerClasses) {

  public HealthContext {
    loadBalancerClasses = Set.copyOf(loadBalancerClasses);
  }

  /** A context in which only Services without a load-balancer class are served, if any. */
  public HealthContext(boolean loadBalancerServed) {
    this(loadBalancerServed, Set.of());
  }
}
