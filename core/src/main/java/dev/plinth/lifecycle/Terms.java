package dev.plinth.lifecycle;

import dev.plinth.config.ServerConfig;
import dev.plinth.manifest.ManifestStaging;
import dev.plinth.member.Fence;
import dev.plinth.member.FencedClient;
import dev.plinth.member.ServerGroup;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The terms in which a server leads, one after the other, each with a client that refuses to write
 * once its term is over: what is late of one term writes nothing in the next.
 *
 * <p>{@link #begin} and {@link #end} are called by one thread at a time, the rest by any.
 */
final class Terms implements AutoCloseable {

  private final KubernetesClient client;
  private final ServerGroup group;
  private final ServerConfig config;
  private final Declarations declarations;
  private final ManifestStaging staging;
  private final LoopKeys keys;
  private final Surroundings server;
  private final String version;
  private final String threads;
  private Optional<Running> running = Optional.empty();
  private boolean closed;

  /**
   * @param client the host's client; stays open
   * @param group says whether this server leads
   * @param config the server's configuration
   * @param declarations what the add-ons that run declare, kept up to date
   * @param staging where their manifests lie on disk
   * @param keys which loop a change concerns
   * @param server what all loops of the server share
   * @param version of this Plinth
   * @param threads prefix of the names of the loops' threads
   */
  Terms(
      KubernetesClient client,
      ServerGroup group,
      ServerConfig config,
      Declarations declarations,
      ManifestStaging staging,
      LoopKeys keys,
      Surroundings server,
      String version,
      String threads) {
    this.client = client;
    this.group = group;
    this.config = config;
    this.declarations = declarations;
    this.staging = staging;
    this.keys = keys;
    this.server = server;
    this.version = version;
    this.threads = threads;
  }

  private record Running(LeaderTerm term, KubernetesClient client, AtomicBoolean over) {

    void abandon() {
      over.set(true);
      term.abandon();
    }

    /**
     * What is under way and cannot be cut off may still tell how it ended, while this server leads.
     */
    void close() {
      term.close();
      over.set(true);
      client.close();
    }
  }

  /** A term that has begun, and whether it was new then. */
  record Begun(LeaderTerm term, boolean fresh) {}

  /**
   * The term of now: the one that runs, or else a new one, in which nothing is done so far but that
   * the API server serves Addons.
   *
   * @return empty if this is closed
   * @throws io.fabric8.kubernetes.client.KubernetesClientException if Addons cannot be defined
   */
  Optional<Begun> begin() {
    Optional<Running> now = current().filter(it -> !it.over().get());
    if (now.isPresent()) {
      return Optional.of(new Begun(now.get().term(), false));
    }
    end();
    AtomicBoolean over = new AtomicBoolean();
    Fence leading = group.leaderFence();
    KubernetesClient fenced = FencedClient.of(client, () -> !over.get() && leading.holds());
    Surroundings surroundings = server.writingBy(fenced);
    surroundings.definitions().ensureAddons(() -> new LeftToK3s(surroundings).mayBeAlive(""));
    LeaderTerm term =
        new LeaderTerm(
            fenced,
            config,
            declarations,
            staging,
            keys,
            surroundings,
            new NewerVersions(version, server.addons(), group::live),
            threads);
    Running begun = new Running(term, fenced, over);
    synchronized (this) {
      if (!closed) {
        running = Optional.of(begun);
        return Optional.of(new Begun(term, true));
      }
    }
    begun.close();
    return Optional.empty();
  }

  /** Ends the term, if there is one; no loop and no reconciler of it is left then. */
  void end() {
    current().ifPresent(Running::close);
    synchronized (this) {
      running = Optional.empty();
    }
  }

  /** Has the term write nothing more, and interrupts it; returns at once. */
  void abandon() {
    current().ifPresent(Running::abandon);
  }

  /** Has a loop of an add-on look as soon as possible; does nothing if there is none. */
  void wake(String loop) {
    current().ifPresent(it -> it.term().wake(loop));
  }

  /** Has all add-ons' reconcilers start anew, and all loops look now. */
  void renew() {
    current().ifPresent(it -> it.term().renew());
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    end();
  }

  private synchronized Optional<Running> current() {
    return running;
  }
}
