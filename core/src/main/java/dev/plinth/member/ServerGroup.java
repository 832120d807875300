package dev.plinth.member;

import static java.util.Objects.requireNonNull;

import com.google.common.base.Ticker;
import dev.plinth.member.Leases.Answer;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The servers of one cluster, as this one sees them: it announces itself, watches the others, and
 * stands for leadership.
 *
 * <p>Thread-safe.
 */
public final class ServerGroup implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ServerGroup.class);

  /** How long {@link #close} waits for an API server that does not answer. */
  private static final Duration FAREWELL = Duration.ofSeconds(2);

  private static final Duration LIST_TIMEOUT = Duration.ofSeconds(30);
  private static final int MOST_ATTEMPTS = 3;

  private final Member self;
  private final LeaseTimes times;
  private final Ticker ticker;
  private final Leases leases;
  private final Coordination coordination;
  private final CompletableFuture<Void> closed = new CompletableFuture<>();
  private boolean watching;
  private boolean joined;

  /**
   * Does nothing before {@link #join}.
   *
   * @param client the host's client; stays open
   * @param self what is announced about this server
   * @param times how long Leases last
   * @param ticker measures time that passed; never set, unlike a clock
   * @param clock for the times written into Leases, which are for people: no decision rests on them
   * @param listener is told what changes
   */
  public ServerGroup(
      KubernetesClient client,
      Member self,
      LeaseTimes times,
      Ticker ticker,
      InstantSource clock,
      Listener listener) {
    this(
        self,
        times,
        ticker,
        clock,
        new ApiLeases(requireNonNull(client, "client"), times.renewEvery()),
        task -> new ThreadLoop("plinth-" + self.id().nodeName() + "-member", task),
        listener);
  }

  ServerGroup(
      Member self,
      LeaseTimes times,
      Ticker ticker,
      InstantSource clock,
      Leases leases,
      Function<Runnable, Loop> loops,
      Listener listener) {
    this.self = requireNonNull(self, "self");
    this.times = requireNonNull(times, "times");
    this.ticker = requireNonNull(ticker, "ticker");
    this.leases = leases;
    this.coordination =
        new Coordination(
            self,
            times,
            ticker,
            requireNonNull(clock, "clock"),
            leases,
            loops,
            requireNonNull(listener, "listener"));
  }

  /** Is told what changes, on the group's own thread; must return quickly. */
  public interface Listener {

    /** A server came, went, or announces something else; or another one leads. */
    void membersChanged();

    /** This server leads from now on, and {@link #leaderFence} is open. */
    void leadershipGained();

    /**
     * This server does not lead any more. Told at the latest when {@link #leaderFence} closes for
     * lack of renewals, and also by {@link #close}, if this server led.
     */
    void leadershipLost();
  }

  /**
   * Announces this server, and from then on renews its Lease and stands for leadership. Does
   * nothing if it has joined already. If a server whose settings differ may be alive, waits until
   * it is seen to be, or to have gone: a Lease duration at most.
   *
   * @throws SettingsDifferException if a live server has other settings; nothing is announced then
   * @throws KubernetesClientException if the API server refuses or cannot be reached, or the thread
   *     was interrupted; to be called again
   */
  public synchronized void join() throws SettingsDifferException {
    if (joined) {
      return;
    }
    if (!watching) {
      await(leases.watch(coordination), LIST_TIMEOUT);
      watching = true;
    }
    while (!joined) {
      refuseIfSettingsDiffer();
      long sent = ticker.read();
      LeaseRecord own = announce();
      Optional<Member> other =
          await(coordination.begin(own, sent, leases.list()), times.duration());
      joined = other.isEmpty();
      if (other.isPresent()) {
        // Both have come at the same time: both step back, and one waits for the other.
        leases.delete(own);
        letGoFirst(other.get());
      }
    }
  }

  /** The live servers, this one included once it has joined, sorted by their ids. */
  public List<Member> live() {
    return coordination.view().live();
  }

  /** Who leads, as far as is known; empty while nobody does. */
  public Optional<ServerId> leader() {
    return coordination.view().leader();
  }

  /** Who should lead, of the live servers; see {@link Ranking#best}. */
  public Optional<ServerId> best() {
    Coordination.View view = coordination.view();
    return Ranking.best(view.live(), view.leader()).map(Member::id);
  }

  /** Whether this server leads and may write. */
  public boolean leads() {
    return coordination.view().leads() && leaderFence().holds();
  }

  /** Open while this server leads: for what only one server may do. The same for all terms. */
  public Fence leaderFence() {
    return coordination.leaderFence();
  }

  /** Open while this server's own Lease is renewed: for what others do if it has gone. */
  public Fence memberFence() {
    return coordination.memberFence();
  }

  /** Whether a live server has this node name. */
  public boolean isLive(String nodeName) {
    return live().stream().anyMatch(it -> it.id().nodeName().equals(nodeName));
  }

  /**
   * Ends this server's leadership in favour of another, which is given the time to take it before
   * anybody else does, this one included. Does nothing if this server does not lead.
   *
   * @param to who should lead
   * @param why for the log
   */
  public void handOver(ServerId to, String why) {
    coordination.handOver(requireNonNull(to, "to"), why);
  }

  /** Watches anew: after an outage, a watch does not always notice that it has ended. */
  public void renew() {
    coordination.watchAnew();
  }

  /**
   * Gives leadership up, takes the announcement back, and ends all threads. Returns when the fences
   * are closed and the API server has been told, or has not answered for a moment. A {@link #join}
   * that is under way fails.
   */
  @Override
  public void close() {
    if (!closed.complete(null)) {
      return;
    }
    try {
      coordination.leave().get(FAREWELL.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      LOG.debug("The Leases of server {} are left to run out", self.id().nodeName(), e);
    }
    leases.close();
    coordination.loop().close();
  }

  private void refuseIfSettingsDiffer() throws SettingsDifferException {
    Optional<Member> other =
        await(coordination.whoDisagrees(), times.duration().plus(LIST_TIMEOUT));
    if (other.isPresent()) {
      throw SettingsDifferException.between(self, other.get());
    }
  }

  private LeaseRecord announce() {
    Optional<LeaseRecord> before = await(coordination.own(), times.duration());
    for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      Answer answer = leases.write(coordination.memberLease().wanted(before));
      if (answer instanceof Answer.Written written) {
        return written.now();
      }
      before = ((Answer.Stale) answer).now();
    }
    throw new KubernetesClientException(
        "Lease %s: somebody else keeps writing it".formatted(self.id().leaseName()));
  }

  private void letGoFirst(Member other) {
    if (self.id().compareTo(other.id()) > 0) {
      try {
        TimeUnit.NANOSECONDS.sleep(times.retry().toNanos());
      } catch (InterruptedException e) {
        throw interrupted();
      }
    }
  }

  private <T> T await(CompletableFuture<T> answer, Duration timeout) {
    try {
      CompletableFuture.anyOf(answer, closed).get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      if (closed.isDone()) {
        throw new KubernetesClientException("this server has been closed");
      }
      return answer.get();
    } catch (InterruptedException e) {
      throw interrupted();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof KubernetesClientException refused
          ? refused
          : new KubernetesClientException(
              "Leases cannot be watched: " + e.getCause(), e.getCause());
    } catch (TimeoutException e) {
      throw new KubernetesClientException(
          "who else is there is not known: no answer within %d s".formatted(timeout.toSeconds()),
          e);
    }
  }

  private static KubernetesClientException interrupted() {
    Thread.currentThread().interrupt();
    return new KubernetesClientException("interrupted", new InterruptedIOException());
  }
}
