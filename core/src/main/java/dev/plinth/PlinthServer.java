package dev.plinth;

import dev.plinth.addon.Selection;
import dev.plinth.lifecycle.ServerLifecycle;
import dev.plinth.plan.Plan;
import dev.plinth.report.AddonReport;
import dev.plinth.report.Scope;
import dev.plinth.report.ServerStatus;
import java.time.Duration;
import java.util.List;

/** A running Plinth. Thread-safe. */
public final class PlinthServer implements AutoCloseable {

  private final ServerLifecycle lifecycle;

  PlinthServer(ServerLifecycle lifecycle) {
    this.lifecycle = lifecycle;
  }

  /**
   * Which add-ons run and which do not, and why: of this server by itself until it has seen the
   * others, then of all live servers together.
   */
  public Selection selection() {
    return lifecycle.selection();
  }

  /**
   * Whether this server applies the packaged add-ons and runs their reconcilers. Of several servers
   * one does; the others tell the same of the add-ons all the same.
   */
  public boolean leads() {
    return lifecycle.leads();
  }

  /** The live servers of the cluster, this one included once it has joined; by node name. */
  public List<ServerStatus> servers() {
    return lifecycle.servers();
  }

  /** How things stand now. */
  public AddonReport status() {
    return lifecycle.status();
  }

  /**
   * What a start with this server's configuration would do now, by server-side dry run; writes
   * nothing. Empty once all is done, unless somebody else has changed something.
   *
   * @throws io.fabric8.kubernetes.client.KubernetesClientException if the cluster cannot be read
   * @throws InterruptedException if interrupted
   */
  public Plan plan() throws InterruptedException {
    return lifecycle.plan();
  }

  /**
   * Waits until every add-on has settled: READY, FAILED, DISABLED or BLOCKED.
   *
   * @param timeout how long at most
   * @return how things stand then; {@link AddonReport#ready()} tells whether all is well
   * @throws InterruptedException if interrupted while waiting
   */
  public AddonReport awaitReady(Duration timeout) throws InterruptedException {
    return awaitReady(timeout, Scope.ADDONS);
  }

  /**
   * Waits until everything in the scope has settled. Of files, all that are on disk when this is
   * called are waited for, as they are then.
   *
   * @param timeout how long at most
   * @return how things stand then; {@link AddonReport#ready(Scope)} tells whether all is well
   * @throws InterruptedException if interrupted while waiting
   */
  public AddonReport awaitReady(Duration timeout, Scope scope) throws InterruptedException {
    return lifecycle.awaitReady(timeout, scope);
  }

  /**
   * Stops all work and leaves the cluster as it is; waiting calls return. No thread of Plinth is
   * left when it returns. Calling it again does nothing.
   */
  @Override
  public void close() {
    lifecycle.close();
  }
}
