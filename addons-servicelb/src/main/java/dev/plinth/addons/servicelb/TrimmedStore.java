package dev.plinth.addons.servicelb;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.informers.cache.BasicItemStore;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import io.javaoperatorsdk.operator.processing.event.source.filter.OnUpdateFilter;
import java.util.function.UnaryOperator;

/** Keeps of each object the trimmed form only. */
final class TrimmedStore<T extends HasMetadata> extends BasicItemStore<T> {

  private final UnaryOperator<T> trim;

  TrimmedStore(UnaryOperator<T> trim) {
    super(Cache::metaNamespaceKeyFunc);
    this.trim = trim;
  }

  @Override
  public T put(String key, T object) {
    T trimmed = trim.apply(object);
    trimmed.getMetadata().setResourceVersion(object.getMetadata().getResourceVersion());
    return super.put(key, trimmed);
  }

  /** Lets through what makes a difference in the trimmed form. */
  static <T extends HasMetadata> OnUpdateFilter<T> changes(UnaryOperator<T> trim) {
    return (now, before) -> !trim.apply(now).equals(trim.apply(before));
  }
}
