package dev.plinth.testkit.crash;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Cuts a client off its server at a crash point, for good: no request leaves any more, and no
 * answer arrives. Counts the writes on the way there.
 */
final class ProcessCut implements Interceptor {

  private static final Set<String> WRITING_METHODS = Set.of("POST", "PUT", "PATCH", "DELETE");

  /** Tells the answer that must not arrive from those to other requests. */
  private static final String MARK = "Crash-Point";

  private final Optional<CrashPoint> point;
  private final Runnable onCut;
  private int writes;
  private boolean cut;

  /**
   * @param point where to cut; if empty, the writes are only counted
   * @param onCut called once, at the cut
   */
  ProcessCut(Optional<CrashPoint> point, Runnable onCut) {
    this.point = point;
    this.onCut = onCut;
  }

  @Override
  public synchronized void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
    refuseIfCut();
    if (!isWrite(request)) {
      return;
    }
    writes++;
    if (isAt(CrashPoint.Side.BEFORE)) {
      cut();
    } else if (isAt(CrashPoint.Side.AFTER)) {
      builder.setHeader(MARK, String.valueOf(writes));
    }
  }

  @Override
  public synchronized void after(
      HttpRequest request, HttpResponse<?> response, AsyncBody.Consumer<List<ByteBuffer>> body) {
    refuseIfCut();
    if (request.header(MARK) != null) {
      cut();
    }
  }

  /** What {@link #after} throws stops no answer: its body has to be kept back. */
  @Override
  public AsyncBody.Consumer<List<ByteBuffer>> consumer(
      AsyncBody.Consumer<List<ByteBuffer>> consumer, HttpRequest request) {
    if (request.header(MARK) == null) {
      return consumer;
    }
    return (bytes, body) -> {
      body.cancel();
      throw ended();
    };
  }

  /** How many writes were sent, or were about to be. */
  synchronized int writes() {
    return writes;
  }

  synchronized boolean isCut() {
    return cut;
  }

  private boolean isAt(CrashPoint.Side side) {
    return point.filter(it -> it.write() == writes && it.side() == side).isPresent();
  }

  private void cut() {
    cut = true;
    onCut.run();
    refuseIfCut();
  }

  private void refuseIfCut() {
    if (cut) {
      throw ended();
    }
  }

  private KubernetesClientException ended() {
    return new KubernetesClientException("the process has ended " + point.orElseThrow());
  }

  /** As the audit log counts them: no dry runs, no Leases. */
  private static boolean isWrite(HttpRequest request) {
    URI uri = request.uri();
    return WRITING_METHODS.contains(request.method())
        && !uri.getPath().startsWith("/apis/coordination.k8s.io/")
        && !(uri.getQuery() != null && uri.getQuery().contains("dryRun="));
  }
}
