package dev.plinth.helm.controller;

import com.google.common.base.Throwables;
import dev.plinth.cluster.MissingRight;
import dev.plinth.helm.controller.Reference.Keys;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.informers.cache.BasicItemStore;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The watch of one object, by its name. Holds the content of the wanted keys only. An object that
 * can not be read is asked for again until it can.
 */
final class ObjectWatch<T extends HasMetadata> implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ObjectWatch.class);

  private final ReferencedObject object;
  private final ReferencedType<T> type;
  private final Keys keys;
  private final Runnable changed;
  private final SharedIndexInformer<T> informer;
  private final CompletableFuture<Void> answered = new CompletableFuture<>();
  private volatile String failure;

  private ObjectWatch(
      KubernetesClient client,
      ReferencedObject object,
      ReferencedType<T> type,
      Keys keys,
      Runnable changed) {
    this.object = object;
    this.type = type;
    this.keys = keys;
    this.changed = changed;
    this.informer = type.resource(client, object).runnableInformer(0);
    informer.itemStore(new WantedKeys());
    informer.exceptionHandler(this::failed);
    informer.addEventHandler(new Changes());
  }

  /**
   * Starts a watch.
   *
   * @param changed called when there may be another content; must not block
   */
  static ObjectWatch<?> start(
      KubernetesClient client, ReferencedObject object, Keys keys, Runnable changed) {
    return start(client, object, ReferencedType.of(object.kind()), keys, changed);
  }

  private static <T extends HasMetadata> ObjectWatch<T> start(
      KubernetesClient client,
      ReferencedObject object,
      ReferencedType<T> type,
      Keys keys,
      Runnable changed) {
    ObjectWatch<T> watch = new ObjectWatch<>(client, object, type, keys, changed);
    watch.informer.start().whenComplete((nothing, cause) -> watch.started(cause));
    return watch;
  }

  /** The keys whose content is held. */
  Keys keys() {
    return keys;
  }

  /** What there is, as soon as the API server has said it. */
  ReferencedContent content(Duration patience) throws InterruptedException {
    try {
      answered.get(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return new ReferencedContent.Unreadable("the API server does not answer");
    } catch (ExecutionException e) {
      throw new IllegalStateException(e); // it is never completed so
    }
    return content();
  }

  /** What is known now. */
  ReferencedContent content() {
    String problem = failure;
    return problem != null
        ? new ReferencedContent.Unreadable(problem)
        : type.content(informer.getStore().list().stream().findFirst(), keys);
  }

  @Override
  public void close() {
    informer.close();
  }

  private void started(Throwable cause) {
    boolean hadFailed = failure != null;
    failure = cause == null ? null : message(cause);
    answered.complete(null);
    if (hadFailed) {
      changed.run();
    }
  }

  /** Whether to go on. */
  private boolean failed(boolean isStarted, Throwable cause) {
    if (isStarted) {
      log.debug("The watch of {} is begun anew", object, cause);
    } else {
      failure = message(cause);
      answered.complete(null);
    }
    return true;
  }

  /** Why a request failed, in one line without the object's content. */
  static String message(Throwable failure) {
    return Throwables.getCausalChain(failure).stream()
        .filter(KubernetesClientException.class::isInstance)
        .map(KubernetesClientException.class::cast)
        .findFirst()
        .map(ObjectWatch::refusal)
        .orElseGet(() -> Throwables.getRootCause(failure).toString());
  }

  private static String refusal(KubernetesClientException e) {
    return MissingRight.of(e)
        .orElseGet(
            () ->
                e.getStatus() == null || e.getStatus().getMessage() == null
                    ? Throwables.getRootCause(e).toString()
                    : e.getStatus().getMessage());
  }

  /** Keeps of the object what is wanted. */
  private final class WantedKeys extends BasicItemStore<T> {
    WantedKeys() {
      super(Cache::metaNamespaceKeyFunc);
    }

    @Override
    public T put(String key, T item) {
      return super.put(key, type.trimmed(item, keys));
    }
  }

  private final class Changes implements ResourceEventHandler<T> {
    @Override
    public void onAdd(T added) {
      changed.run();
    }

    @Override
    public void onUpdate(T before, T now) {
      changed.run();
    }

    @Override
    public void onDelete(T deleted, boolean unknown) {
      changed.run();
    }
  }
}
