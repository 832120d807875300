package dev.plinth.addons.coredns;

import static java.net.HttpURLConnection.HTTP_CONFLICT;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the key NodeHosts of CoreDNS's ConfigMap, and nothing else of it.
 *
 * <p>Each write is a server-side apply with the resourceVersion that was read, so that a line
 * somebody adds meanwhile is never lost: a conflict reads and merges again. It is forced, since the
 * key is shared with whoever wrote it before.
 */
final class NodeHostsWriter {

  static final String NAMESPACE = "kube-system";
  static final String CONFIG_MAP = "coredns";
  static final String KEY = "NodeHosts";

  private static final Logger LOG = LoggerFactory.getLogger(NodeHostsWriter.class);

  private static final int ATTEMPTS = 5;

  private final KubernetesClient client;
  private final String fieldManager;

  NodeHostsWriter(KubernetesClient client, String fieldManager) {
    this.client = client;
    this.fieldManager = fieldManager;
  }

  /**
   * Makes the ConfigMap show nodes if it shows none so far, creating it if it is missing. One that
   * shows those of an earlier time is good enough until the reconciler runs.
   *
   * @param nodes is asked only if they are needed
   * @throws KubernetesClientException if the server refuses, or others write all the time
   */
  void prepare(Supplier<Collection<NodeAddresses>> nodes) {
    Optional<ConfigMap> live = read();
    if (text(live).filter(NodeHosts::isMerged).isEmpty()) {
      write(live, nodes.get(), true);
    }
  }

  /**
   * Makes the ConfigMap show these nodes, creating it if it is missing.
   *
   * @throws KubernetesClientException if the server refuses, or others write all the time
   */
  void createOrUpdate(Collection<NodeAddresses> nodes) {
    write(read(), nodes, true);
  }

  /**
   * Makes the ConfigMap show these nodes if it exists; without a request if the given state of it
   * does.
   *
   * @throws KubernetesClientException if the server refuses, or others write all the time
   */
  void update(ConfigMap known, Collection<NodeAddresses> nodes) {
    if (merged(Optional.of(known), nodes).isPresent()) {
      write(read(), nodes, false);
    }
  }

  /** Whether this field manager has written to the ConfigMap. */
  boolean hasWritten(ConfigMap configMap) {
    return writers(configMap).anyMatch(fieldManager::equals);
  }

  /**
   * Deletes the ConfigMap if nobody but this field manager ever wrote to it.
   *
   * @throws KubernetesClientException if the server refuses, or somebody writes to it meanwhile
   */
  void deleteIfNobodyElseWrote() {
    read()
        .filter(this::hasWritten)
        .filter(it -> writers(it).allMatch(fieldManager::equals))
        .ifPresent(it -> client.resource(it).lockResourceVersion().delete());
  }

  private void write(
      Optional<ConfigMap> read, Collection<NodeAddresses> nodes, boolean createIfMissing) {
    Optional<ConfigMap> live = read;
    KubernetesClientException conflict = null;
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      if (live.isEmpty() && !createIfMissing) {
        return;
      }
      Optional<String> text = merged(live, nodes);
      if (text.isEmpty()) {
        return;
      }
      try {
        apply(live, text.get());
        return;
      } catch (KubernetesClientException e) {
        if (e.getCode() != HTTP_CONFLICT) {
          throw e;
        }
        LOG.debug("ConfigMap {}/{} changed meanwhile, reading it again", NAMESPACE, CONFIG_MAP, e);
        conflict = e;
        live = read();
      }
    }
    throw conflict;
  }

  /** The text to write; empty if it is there already. */
  private static Optional<String> merged(
      Optional<ConfigMap> live, Collection<NodeAddresses> nodes) {
    Optional<String> text = text(live);
    String merged = NodeHosts.merge(text.orElse(""), nodes);
    return Optional.of(merged).filter(it -> text.isEmpty() || !it.equals(text.get()));
  }

  private static Optional<String> text(Optional<ConfigMap> live) {
    return live.map(ConfigMap::getData).map(it -> it.get(KEY));
  }

  private Optional<ConfigMap> read() {
    return Optional.ofNullable(
        client.configMaps().inNamespace(NAMESPACE).withName(CONFIG_MAP).get());
  }

  private void apply(Optional<ConfigMap> live, String text) {
    Optional<ObjectMeta> read = live.map(ConfigMap::getMetadata);
    ConfigMap key =
        new ConfigMapBuilder()
            .withNewMetadata()
            .withNamespace(NAMESPACE)
            .withName(CONFIG_MAP)
            // The resourceVersion alone is not looked at if the object is gone.
            .withUid(read.map(ObjectMeta::getUid).orElse(null))
            .withResourceVersion(read.map(ObjectMeta::getResourceVersion).orElse(null))
            .endMetadata()
            .addToData(KEY, text)
            .build();
    client.resource(key).fieldManager(fieldManager).forceConflicts().serverSideApply();
  }

  private static Stream<String> writers(ConfigMap configMap) {
    return configMap.getMetadata().getManagedFields().stream().map(ManagedFieldsEntry::getManager);
  }
}
