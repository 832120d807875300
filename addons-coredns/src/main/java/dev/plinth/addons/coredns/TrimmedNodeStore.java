package dev.plinth.addons.coredns;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.client.informers.cache.BasicItemStore;
import io.fabric8.kubernetes.client.informers.cache.Cache;

/**
 * Keeps of each node what {@link NodeAddresses} and the informer read. A node's list of images
 * alone would be ten kilobytes.
 */
final class TrimmedNodeStore extends BasicItemStore<Node> {

  TrimmedNodeStore() {
    super(Cache::metaNamespaceKeyFunc);
  }

  @Override
  public Node put(String key, Node node) {
    return super.put(key, trim(node));
  }

  private static Node trim(Node node) {
    NodeBuilder trimmed =
        new NodeBuilder()
            .withNewMetadata()
            .withName(node.getMetadata().getName())
            .withUid(node.getMetadata().getUid())
            .withResourceVersion(node.getMetadata().getResourceVersion())
            .withDeletionTimestamp(node.getMetadata().getDeletionTimestamp())
            .endMetadata();
    if (node.getStatus() != null) {
      trimmed.withNewStatus().withAddresses(node.getStatus().getAddresses()).endStatus();
    }
    return trimmed.build();
  }
}
