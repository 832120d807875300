package dev.plinth.takeover;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.base.Ticker;
import com.google.common.collect.Ordering;
import com.google.common.util.concurrent.ThreadFactoryBuilder;
import dev.plinth.cluster.ClusterApi;
import dev.plinth.cluster.ResourceKind;
import dev.plinth.takeover.LeasePulse.Sign;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a K3s is alive in the cluster: as long as its Lease {@code kube-system/k3s} is renewed.
 *
 * <p>Nothing is asked of the API server before somebody wants to know, which is only where
 * something of K3s's is met. From then on the Lease is read now and then: a read that does not
 * succeed tells nothing, so an outage is not taken for the end of K3s.
 *
 * <p>Thread-safe.
 */
public final class K3sPresence implements AutoCloseable {

  /** The Lease by which the servers of a K3s elect who leads. */
  static final String LEASE = "k3s";

  static final String NAMESPACE = "kube-system";

  static final ResourceKind LEASES =
      new ResourceKind("coordination.k8s.io", "v1", "Lease", "leases", true);

  private static final Logger LOG = LoggerFactory.getLogger(K3sPresence.class);
  private static final Duration OFTEN = Duration.ofSeconds(1);
  private static final Duration SELDOM = Duration.ofSeconds(10);
  private static final Duration FRESH = Duration.ofSeconds(5);

  private final ClusterApi api;
  private final Ticker ticker;
  private final String threadName;
  private final Consumer<String> changed;
  private final LeasePulse pulse;
  private final Set<String> waiting = new TreeSet<>();
  private Optional<ScheduledExecutorService> looking = Optional.empty();
  private Optional<State> current = Optional.empty();
  private long lookedAt;
  private boolean closed;

  /**
   * @param api for reading the Lease
   * @param ticker a monotonic clock
   * @param threadName name of the thread that reads it
   * @param changed is told every name that somebody has asked with, when the answer is another
   */
  public K3sPresence(ClusterApi api, Ticker ticker, String threadName, Consumer<String> changed) {
    this.api = requireNonNull(api, "api");
    this.ticker = requireNonNull(ticker, "ticker");
    this.threadName = requireNonNull(threadName, "threadName");
    this.changed = requireNonNull(changed, "changed");
    this.pulse = new LeasePulse(ticker);
  }

  /** What is known of K3s. */
  public enum State {
    /** It is not alive: its Lease is not there, or not renewed. */
    GONE,
    /** Whether it is alive will be known within the Lease's duration. */
    UNDECIDED,
    /** It is alive. */
    ALIVE
  }

  /**
   * What is known now.
   *
   * @param asking is told when the answer is another than this
   * @throws KubernetesClientException if the Lease has to be read, and cannot
   */
  public synchronized State state(String asking) {
    boolean isStale = ticker.read() - lookedAt > FRESH.toNanos();
    if (current.isEmpty() || current.get() == State.GONE && isStale) {
      look();
    }
    if (current.get() != State.GONE && !closed) {
      waiting.add(asking);
      if (looking.isEmpty()) {
        ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(
                new ThreadFactoryBuilder().setNameFormat(threadName).setDaemon(true).build());
        looking = Optional.of(thread);
        lookLater(thread);
      }
    }
    return current.get();
  }

  /** How long it takes at most until an undecided answer is another. */
  public Duration patience() {
    return pulse.patience();
  }

  @Override
  public synchronized void close() {
    closed = true;
    looking.ifPresent(ScheduledExecutorService::shutdownNow);
  }

  private void look() {
    Optional<ObjectNode> lease = api.get(LEASES, NAMESPACE, LEASE);
    synchronized (this) {
      pulse.look(lease);
      lookedAt = ticker.read();
      current = Optional.of(of(pulse.sign()));
    }
  }

  private void lookAgain(ScheduledExecutorService thread) {
    Optional<State> before = current();
    try {
      look();
    } catch (KubernetesClientException e) {
      LOG.debug("Lease {}/{} cannot be read", NAMESPACE, LEASE, e);
    }
    Set<String> told = Set.of();
    synchronized (this) {
      if (!current.equals(before)) {
        told = Set.copyOf(waiting);
        waiting.clear();
      }
      if (current.filter(State.GONE::equals).isPresent()) {
        looking = Optional.empty();
        thread.shutdown();
      } else if (!closed) {
        lookLater(thread);
      }
    }
    told.forEach(changed);
  }

  private void lookLater(ScheduledExecutorService thread) {
    Duration pause =
        current.filter(State.ALIVE::equals).isPresent()
            ? Ordering.natural().min(pulse.patience().dividedBy(3), SELDOM)
            : OFTEN;
    thread.schedule(() -> lookAgain(thread), pause.toMillis(), TimeUnit.MILLISECONDS);
  }

  private synchronized Optional<State> current() {
    return current;
  }

  private static State of(Sign sign) {
    return switch (sign) {
      case ABSENT, DEAD -> State.GONE;
      case UNDECIDED -> State.UNDECIDED;
      case ALIVE -> State.ALIVE;
    };
  }
}
