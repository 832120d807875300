package dev.plinth.cluster;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * What an informer itself must remember to tell new from known: identity and version, not the
 * object.
 */
public final class KeyStore implements ItemStore<GenericKubernetesResource> {

  private final Map<String, GenericKubernetesResource> skeletons = new ConcurrentHashMap<>();

  @Override
  public String getKey(GenericKubernetesResource object) {
    return Optional.ofNullable(object.getMetadata().getNamespace()).orElse("")
        + "/"
        + object.getMetadata().getName();
  }

  @Override
  public GenericKubernetesResource put(String key, GenericKubernetesResource object) {
    GenericKubernetesResource skeleton = new GenericKubernetesResource();
    skeleton.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace(object.getMetadata().getNamespace())
            .withName(object.getMetadata().getName())
            .withUid(object.getMetadata().getUid())
            .withResourceVersion(object.getMetadata().getResourceVersion())
            .build());
    return skeletons.put(key, skeleton);
  }

  @Override
  public GenericKubernetesResource remove(String key) {
    return skeletons.remove(key);
  }

  @Override
  public Stream<String> keySet() {
    return skeletons.keySet().stream();
  }

  @Override
  public Stream<GenericKubernetesResource> values() {
    return skeletons.values().stream();
  }

  @Override
  public int size() {
    return skeletons.size();
  }

  @Override
  public GenericKubernetesResource get(String key) {
    return skeletons.get(key);
  }

  /**
   * False: handlers are given each object as it comes, since this store could not give it later.
   */
  @Override
  public boolean isFullState() {
    return false;
  }
}
