package dev.plinth.lifecycle;

import dev.plinth.cluster.ClusterApi;
import dev.plinth.deploy.AddonResource;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells once that the API server has gone, in a warning that the report has for as long as it is
 * away, with the latest cause, and once that it is back. A watch that nothing matches is held open,
 * and its end makes for a look. The server is asked to end it itself after a while: one that hangs
 * does not, and only then is it asked whether it is there, so that an idle server gets nothing but
 * watches. After a loss all other watches are replaced: some clients never notice that one of
 * theirs has gone.
 */
final class ApiServerWatch implements ReconcileQueue.Task, AutoCloseable {

  static final String KEY = "api-server";

  private static final Logger LOG = LoggerFactory.getLogger(ApiServerWatch.class);
  private static final int TOO_MANY_REQUESTS = 429;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

  private static final Duration WATCHED = Duration.ofSeconds(20);

  /** With the time that one answer is waited for: a server that hangs is told within 35 s. */
  static final Duration BEFORE_QUESTION = WATCHED.plusSeconds(5);

  /** No Addon has this name, for no file name leads to it. */
  private static final String NOTHING =
      AddonResource.KIND.path(AddonResource.NAMESPACE)
          + "?watch=true&fieldSelector=metadata.name%3D-&timeoutSeconds="
          + WATCHED.toSeconds();

  private final ClusterApi api;
  private final StatusBoard board;
  private final InstantSource clock;
  private final Runnable ended;
  private final Renewal renewal;
  private final Backoff backoff = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);
  private CompletableFuture<Void> held = CompletableFuture.completedFuture(null);
  private Optional<Loss> loss = Optional.empty();
  private boolean closed;

  /**
   * @param api for its requests, which are not tried again
   * @param board where the warning is told
   * @param clock the time
   * @param ended has this task run again; called when the watch has ended
   * @param renewal called when the server answers again
   */
  ApiServerWatch(
      ClusterApi api, StatusBoard board, InstantSource clock, Runnable ended, Renewal renewal) {
    this.api = api.withoutRetries();
    this.board = board;
    this.clock = clock;
    this.ended = ended;
    this.renewal = renewal;
  }

  /** What is to be done after an outage, before it is said to be over. */
  @FunctionalInterface
  interface Renewal {

    /**
     * Does it.
     *
     * @throws KubernetesClientException if the server is away again
     */
    void run() throws InterruptedException;
  }

  /** Since when the server is away, and the warning about it. */
  private record Loss(Instant since, String warning) {}

  @Override
  public Optional<Duration> run() throws InterruptedException {
    try {
      if (held.isDone()) {
        keep(api.hold(NOTHING));
      } else if (!api.isOk("/readyz")) {
        throw new KubernetesClientException("it is not ready");
      }
      if (loss.isPresent()) {
        renewal.run();
      }
    } catch (KubernetesClientException e) {
      held.cancel(false);
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedException();
      }
      if (isLoss(e)) {
        lost(e);
      } else {
        LOG.debug("The API server answers, but not with a watch", e);
      }
      return Optional.of(backoff.next());
    }
    backoff.reset();
    found();
    return Optional.of(BEFORE_QUESTION);
  }

  /** Ends the watch. */
  @Override
  public synchronized void close() {
    closed = true;
    held.cancel(false);
  }

  private synchronized void keep(CompletableFuture<Void> opened) {
    held = opened;
    if (closed) {
      opened.cancel(false);
    } else {
      opened.thenRun(ended);
    }
  }

  /** A server that refuses the request is there, unless it does not know us, or serves nobody. */
  private static boolean isLoss(KubernetesClientException e) {
    return e.getCode() < HttpURLConnection.HTTP_BAD_REQUEST
        || e.getCode() >= HttpURLConnection.HTTP_INTERNAL_ERROR
        || e.getCode() == HttpURLConnection.HTTP_UNAUTHORIZED
        || e.getCode() == TOO_MANY_REQUESTS;
  }

  /** The first cause is often that nobody listens, and a later one what the matter is. */
  private void lost(KubernetesClientException e) {
    Instant since = loss.map(Loss::since).orElseGet(clock::instant);
    String warning =
        "the API server has not answered since %s: %s"
            .formatted(since.truncatedTo(ChronoUnit.SECONDS), cause(e));
    loss.ifPresentOrElse(it -> board.reword(it.warning(), warning), () -> board.warn(warning));
    loss = Optional.of(new Loss(since, warning));
  }

  private static String cause(KubernetesClientException e) {
    if (e.getCode() == HttpURLConnection.HTTP_UNAUTHORIZED) {
      return Verdict.of(e).message();
    }
    if (e.getCause() instanceof TimeoutException || e.getCause() instanceof HttpTimeoutException) {
      return "it accepts requests, but answers none";
    }
    return e.getCause() == null ? e.getMessage() : e.getCause().toString();
  }

  private void found() {
    loss.ifPresent(
        it -> {
          board.withdraw(it.warning());
          LOG.info(
              "The API server answers again, after {} s",
              Duration.between(it.since(), clock.instant()).toSeconds());
        });
    loss = Optional.empty();
  }
}
