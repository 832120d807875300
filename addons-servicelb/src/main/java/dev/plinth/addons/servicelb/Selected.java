package dev.plinth.addons.servicelb;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceSpec;

/** Which Services are served; all others belong to somebody else, or to nobody. */
final class Selected {

  private Selected() {}

  /** Whether a Service is to be served now: not if it is being deleted. */
  static boolean isServed(Service service) {
    ServiceSpec spec = service.getSpec();
    return service.getMetadata().getDeletionTimestamp() == null
        && isLoadBalancer(service)
        && (spec.getLoadBalancerClass() == null
            || spec.getLoadBalancerClass().equals(Names.LOAD_BALANCER_CLASS));
  }

  static boolean isLoadBalancer(Service service) {
    return service.getSpec() != null && Names.LOAD_BALANCER.equals(service.getSpec().getType());
  }
}
