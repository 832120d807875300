package dev.plinth.member;

import static java.util.Objects.requireNonNull;

import com.google.common.base.Ticker;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * The servers of one cluster, as this one sees them: it announces itself, watches the others, and
 * stands for leadership.
 *
 * <p>Thread-safe.
 */
public final class ServerGroup implements AutoCloseable {

  private final Member self;
  private final Listener listener;
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
    requireNonNull(client, "client");
    this.self = requireNonNull(self, "self");
    this.listener = requireNonNull(listener, "listener");
  }

  /** Is told what changes, on the group's own thread; must return quickly. */
  public interface Listener {

    /** A server came, went, or announces something else. */
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
  public void join() throws SettingsDifferException {
    if (!joined) {
      joined = true;
      listener.membersChanged();
      listener.leadershipGained();
    }
  }

  /** The live servers, this one included once it has joined, sorted by their ids. */
  public List<Member> live() {
    return joined ? List.of(self) : List.of();
  }

  /** Who holds the leader's Lease, as far as it is known. */
  public Optional<ServerId> leader() {
    return joined ? Optional.of(self.id()) : Optional.empty();
  }

  /** Who should lead, of the live servers; see {@link Ranking#best}. */
  public Optional<ServerId> best() {
    return Ranking.best(live(), leader()).map(Member::id);
  }

  /** Whether this server leads and may write. */
  public boolean leads() {
    return leaderFence().holds();
  }

  /** Open while this server leads: for what only one server may do. The same for all terms. */
  public Fence leaderFence() {
    return () -> joined;
  }

  /** Open while this server's own Lease is renewed: for what others do if it has gone. */
  public Fence memberFence() {
    return () -> joined;
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
  public void handOver(ServerId to, String why) {}

  /** Watches anew: after an outage, a watch does not always notice that it has ended. */
  public void renew() {}

  /**
   * Gives leadership up, takes the announcement back, and ends all threads. Returns when the fences
   * are closed and the API server has been told, or has not answered for a moment.
   */
  @Override
  public void close() {
    if (joined) {
      joined = false;
      listener.leadershipLost();
    }
  }
}
