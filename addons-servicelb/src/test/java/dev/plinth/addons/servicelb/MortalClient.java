package dev.plinth.addons.servicelb;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A client whose process is killed, as far as the API server can see: at one of its writes, before
 * the server gets it or before the answer is back, and from then on nothing is sent any more.
 */
final class MortalClient implements Interceptor, AutoCloseable {

  private static final Set<String> WRITES = Set.of("POST", "PUT", "PATCH", "DELETE");

  private final KubernetesClient client;
  private final int lastWrite;
  private final boolean answered;
  private final AtomicInteger writes = new AtomicInteger();
  private volatile boolean armed;
  private volatile boolean dead;

  /**
   * @param lastWrite the write at which it ends, counted from 1
   * @param delivered whether the server gets that write
   */
  MortalClient(Config config, int lastWrite, boolean delivered) {
    this.lastWrite = lastWrite;
    this.answered = delivered;
    this.client =
        new KubernetesClientBuilder()
            .withConfig(config)
            .withHttpClientBuilderConsumer(it -> it.addOrReplaceInterceptor("mortal", this))
            .build();
  }

  KubernetesClient client() {
    return client;
  }

  /** Begins to count. */
  void arm() {
    armed = true;
  }

  boolean isDead() {
    return dead;
  }

  int writes() {
    return writes.get();
  }

  @Override
  public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
    requireAlive();
    if (armed && isCounted(request) && writes.incrementAndGet() == lastWrite && !answered) {
      dead = true;
      requireAlive();
    }
  }

  @Override
  public void after(
      HttpRequest request,
      HttpResponse<?> response,
      AsyncBody.Consumer<List<ByteBuffer>> consumer) {
    if (armed && answered && isCounted(request) && writes.get() >= lastWrite) {
      dead = true;
    }
    requireAlive();
  }

  @Override
  public void close() {
    client.close();
  }

  private void requireAlive() {
    if (dead) {
      throw new IllegalStateException("killed at write " + lastWrite);
    }
  }

  /** Events are no state that anything depends on. */
  private static boolean isCounted(HttpRequest request) {
    return WRITES.contains(request.method()) && !request.uri().getPath().endsWith("/events");
  }
}
