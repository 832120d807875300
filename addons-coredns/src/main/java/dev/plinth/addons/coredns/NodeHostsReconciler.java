package dev.plinth.addons.coredns;

import static dev.plinth.addons.coredns.NodeHostsWriter.CONFIG_MAP;
import static dev.plinth.addons.coredns.NodeHostsWriter.NAMESPACE;

import dev.plinth.addon.ReconcilerRegistration;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Node;
import io.javaoperatorsdk.operator.api.config.ControllerConfigurationOverrider;
import io.javaoperatorsdk.operator.api.config.informer.Field;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import io.javaoperatorsdk.operator.processing.retry.GenericRetry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Keeps NodeHosts equal to the nodes.
 *
 * <p>Its one resource is CoreDNS's ConfigMap and every node is secondary to it: whatever happens to
 * however many nodes makes one reconciliation due, which then reads all nodes from memory. Nothing
 * is written to a node, so no node's deletion ever waits for it.
 */
@ControllerConfiguration(
    name = "coredns-node-hosts",
    generationAwareEventProcessing = false,
    informer =
        @Informer(
            namespaces = NAMESPACE,
            fieldSelector = @Field(path = "metadata.name", value = CONFIG_MAP)))
final class NodeHostsReconciler implements Reconciler<ConfigMap> {

  /** A burst is one write when it is over, and one now and then while it lasts. */
  private static final Duration QUIET = Duration.ofSeconds(1);

  private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

  private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
  private static final Duration LAST_RETRY = Duration.ofMinutes(1);

  private static final String ADDON_LABEL = "plinth.dev/addon";

  private static final Set<ResourceID> THE_CONFIG_MAP =
      Set.of(new ResourceID(CONFIG_MAP, NAMESPACE));

  private final NodeHostsWriter writer;

  private NodeHostsReconciler(NodeHostsWriter writer) {
    this.writer = writer;
  }

  static ReconcilerRegistration<ConfigMap> registration(NodeHostsWriter writer) {
    return new ReconcilerRegistration<>(
        new NodeHostsReconciler(writer), NodeHostsReconciler::configure);
  }

  private static void configure(ControllerConfigurationOverrider<ConfigMap> settings) {
    settings
        .withRateLimiter(new BurstLimiter(QUIET, LONGEST_WAIT, InstantSource.system()))
        .withRetry(
            new GenericRetry()
                .setInitialInterval(FIRST_RETRY)
                .setMaxInterval(LAST_RETRY.toMillis())
                .withoutMaxAttempts());
  }

  @Override
  public List<EventSource<?, ConfigMap>> prepareEventSources(
      EventSourceContext<ConfigMap> context) {
    return List.of(
        new InformerEventSource<>(
            InformerEventSourceConfiguration.from(Node.class, ConfigMap.class)
                .withName("nodes")
                .withWatchAllNamespaces()
                .withItemStore(new TrimmedNodeStore())
                .withSecondaryToPrimaryMapper(node -> THE_CONFIG_MAP)
                .withOnUpdateFilter(NodeHostsReconciler::changesNodeHosts)
                .build(),
            context));
  }

  @Override
  public UpdateControl<ConfigMap> reconcile(ConfigMap configMap, Context<ConfigMap> context) {
    if (isPartOfAddon(configMap)) {
      writer.update(
          configMap,
          context.getSecondaryResourcesAsStream(Node.class).map(NodeAddresses::of).toList());
    }
    return UpdateControl.noUpdate();
  }

  /** Another DNS server's ConfigMap may have the same name: kubeadm's and kind's have. */
  private boolean isPartOfAddon(ConfigMap configMap) {
    Map<String, String> labels = configMap.getMetadata().getLabels();
    return CoreDnsAddon.NAME.equals(labels.get(ADDON_LABEL)) || writer.hasWritten(configMap);
  }

  private static boolean changesNodeHosts(Node now, Node before) {
    return !NodeAddresses.of(now).equals(NodeAddresses.of(before));
  }
}
