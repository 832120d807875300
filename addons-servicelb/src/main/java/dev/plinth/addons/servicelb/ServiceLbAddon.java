package dev.plinth.addons.servicelb;

import dev.plinth.addon.Addon;
import dev.plinth.addon.AddonContext;
import dev.plinth.addon.EventRecorder;
import dev.plinth.addon.ReconcilerRegistration;
import dev.plinth.addon.Slot;
import dev.plinth.config.Option;
import dev.plinth.config.ServerConfig;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * ServiceLB: gives Services of type LoadBalancer the addresses of nodes, and needs no cloud for it.
 * It has no manifest; everything is made by its reconcilers.
 */
public final class ServiceLbAddon implements Addon {

  static final String NAME = "servicelb";

  private static final InstantSource CLOCK = InstantSource.system();

  /** Made by {@link java.util.ServiceLoader}, or by whoever puts a catalogue together. */
  public ServiceLbAddon() {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String description() {
    return "ServiceLB, the load balancer for Services without a cloud";
  }

  @Override
  public Optional<Slot> slot() {
    return Optional.of(Slot.LOAD_BALANCER);
  }

  @Override
  public Set<String> provides() {
    return Set.of(Names.LOAD_BALANCER_CLASS);
  }

  @Override
  public List<Option<?>> options() {
    return List.of(ServiceLbSettings.NAMESPACE);
  }

  @Override
  public List<String> images(ServerConfig config) {
    return List.of(ServiceLbSettings.of(config).image());
  }

  @Override
  public Optional<String> tracesOfK3s(AddonContext context) {
    return surroundings(context.client()).daemonSetOfK3s();
  }

  @Override
  public void prepare(AddonContext context) {
    Surroundings surroundings = surroundings(context.client());
    surroundings.create(ServiceLbSettings.of(context.config()).namespace());
    surroundings.withdrawFromOtherTypes();
  }

  @Override
  public List<ReconcilerRegistration<?>> reconcilers(AddonContext context) {
    KubernetesClient client = context.client();
    ServiceLbSettings settings = ServiceLbSettings.of(context.config());
    EventRecorder events = ServiceEvents.recorder(client, CLOCK);
    Withdrawal withdrawal = new Withdrawal(client, events);
    boolean byType = surroundings(client).canSelectByType();
    return List.of(
        ServiceReconciler.registration(client, settings, events, withdrawal, CLOCK, byType),
        LeftoverReconciler.registration(withdrawal, byType));
  }

  @Override
  public void cleanUp(AddonContext context) {
    surroundings(context.client()).remove();
  }

  private static Surroundings surroundings(KubernetesClient client) {
    return new Surroundings(client, new Withdrawal(client, ServiceEvents.recorder(client, CLOCK)));
  }
}
