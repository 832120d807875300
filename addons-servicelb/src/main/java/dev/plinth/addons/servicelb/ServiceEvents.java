package dev.plinth.addons.servicelb;

import dev.plinth.addon.EventRecorder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.InstantSource;

/** The events about Services: K3s's component and reasons. */
final class ServiceEvents {

  static final String APPLIED_DAEMON_SET = "AppliedDaemonSet";
  static final String DELETED_DAEMON_SET = "DeletedDaemonSet";
  static final String UPDATED_LOAD_BALANCER = "UpdatedLoadBalancer";
  static final String UNAVAILABLE_LOAD_BALANCER = "UnAvailableLoadBalancer";

  private static final String COMPONENT = "service-lb-controller";

  private ServiceEvents() {}

  static EventRecorder recorder(KubernetesClient client, InstantSource clock) {
    return new EventRecorder(client, COMPONENT, clock);
  }
}
