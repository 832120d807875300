package dev.plinth.addons.coredns;

import dev.plinth.addon.Addon;
import dev.plinth.addon.AddonContext;
import dev.plinth.addon.ClusterVariables;
import dev.plinth.addon.FunctionalProbe;
import dev.plinth.addon.PackagedManifest;
import dev.plinth.addon.ReconcilerRegistration;
import dev.plinth.addon.Slot;
import dev.plinth.config.ServerConfig;
import dev.plinth.manifest.ManifestTemplate;
import dev.plinth.manifest.Variables;
import java.util.List;
import java.util.Optional;

/**
 * Cluster DNS: K3s's CoreDNS, and the file NodeHosts through which it knows the nodes.
 *
 * <p>NodeHosts is a key of CoreDNS's ConfigMap that the manifest does not declare: it is there
 * before the first pod needs it ({@link #prepare}) and follows the nodes from then on ({@link
 * #reconcilers}).
 */
public final class CoreDnsAddon implements Addon {

  static final String NAME = "coredns";

  private static final ManifestTemplate MANIFEST =
      ManifestTemplate.fromResource(CoreDnsAddon.class, "coredns.yaml");

  /** Made by {@link java.util.ServiceLoader}, or by whoever puts a catalogue together. */
  public CoreDnsAddon() {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String description() {
    return "CoreDNS, the cluster's DNS server";
  }

  @Override
  public Optional<Slot> slot() {
    return Optional.of(Slot.DNS);
  }

  @Override
  public List<PackagedManifest> manifests(ServerConfig config) {
    Variables variables = ClusterVariables.of(config).only(MANIFEST.placeholders());
    return List.of(new PackagedManifest(MANIFEST.name(), MANIFEST.render(variables)));
  }

  @Override
  public void prepare(AddonContext context) {
    writer(context)
        .prepare(
            () ->
                context.client().nodes().list().getItems().stream()
                    .map(NodeAddresses::of)
                    .toList());
  }

  @Override
  public List<ReconcilerRegistration<?>> reconcilers(AddonContext context) {
    return List.of(NodeHostsReconciler.registration(writer(context)));
  }

  /** Resolves {@code kubernetes.default}, where cluster DNS is in reach of this process. */
  @Override
  public Optional<FunctionalProbe> probe() {
    return Optional.of(new ClusterDnsProbe());
  }

  /**
   * Removes a ConfigMap that was prepared and never became part of the manifest's objects, e.g.
   * since the apply failed.
   */
  @Override
  public void cleanUp(AddonContext context) {
    writer(context).deleteIfNobodyElseWrote();
  }

  private static NodeHostsWriter writer(AddonContext context) {
    return new NodeHostsWriter(context.client(), context.fieldManager());
  }
}
