package dev.plinth.testkit.addons;

import dev.plinth.addon.Addon;
import dev.plinth.addon.AddonCatalog;
import dev.plinth.controlplane.ControlPlane;
import io.fabric8.kubernetes.client.Config;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What a test class asks for.
 *
 * @param addons the add-ons of the server
 * @param args its flags
 * @param nodes how many nodes a control plane has that is started
 * @param controlPlane is given the builder of that control plane
 * @param cluster how to reach a cluster that is there already; empty to start a control plane
 * @param patience how long the add-ons may take; empty if the class does not say
 */
record ClusterDemand(
    Supplier<AddonCatalog> addons,
    List<String> args,
    int nodes,
    Consumer<ControlPlane.Builder> controlPlane,
    Optional<Supplier<Config>> cluster,
    Optional<Duration> patience) {

  static ClusterDemand of(WithPlinth annotation) {
    return new ClusterDemand(
        () -> catalog(List.of(annotation.addons())),
        List.of(annotation.args()),
        annotation.nodes(),
        builder -> {},
        Optional.empty(),
        Optional.empty());
  }

  /** The same on a cluster that is there already, if none is named. */
  ClusterDemand orOn(Path kubeconfig) {
    Supplier<Config> there = () -> Config.fromKubeconfig(kubeconfig.toFile());
    return new ClusterDemand(
        addons, args, nodes, controlPlane, cluster.or(() -> Optional.of(there)), patience);
  }

  private static AddonCatalog catalog(List<Class<? extends Addon>> types) {
    return types.isEmpty()
        ? AddonCatalog.discover()
        : AddonCatalog.of(types.stream().map(ClusterDemand::instance).toArray(Addon[]::new));
  }

  private static Addon instance(Class<? extends Addon> type) {
    try {
      return type.getConstructor().newInstance();
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException(
          type.getName() + ": expected a public constructor without parameters", e);
    }
  }
}
