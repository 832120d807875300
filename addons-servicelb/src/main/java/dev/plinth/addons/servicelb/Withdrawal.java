package dev.plinth.addons.servicelb;

import static java.util.stream.Collectors.joining;

import com.google.common.util.concurrent.Striped;
import dev.plinth.addon.EventRecorder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Lock;

/**
 * Takes back what was made for a Service that is not served any more: the DaemonSets, then the
 * addresses and the condition, then the finalizer. Each step may find that it is done already.
 */
final class Withdrawal {

  private static final int STRIPES = 64;

  private final DaemonSetDeletion deletion;
  private final EventRecorder events;
  private final Striped<Lock> turns = Striped.lock(STRIPES);

  Withdrawal(KubernetesClient client, EventRecorder events) {
    this.deletion = new DaemonSetDeletion(client);
    this.events = events;
  }

  /**
   * Has those who withdraw from one Service do it one after the other, with a look at it when it is
   * their turn: two notice the end of a Service, and the second shall find it done.
   */
  void inTurn(ServiceRef service, Runnable withdrawal) {
    Lock turn = turns.get(service);
    turn.lock();
    try {
      withdrawal.run();
    } finally {
      turn.unlock();
    }
  }

  /**
   * Withdraws from a Service. Nothing is asked or written if nothing of ours is there.
   *
   * @param service as it is known
   * @param daemonSets all that name the Service
   * @param writer for the Service
   */
  void from(Service service, Collection<DaemonSet> daemonSets, ServiceWriter writer) {
    if (!delete(daemonSets)) {
      return;
    }
    if (!daemonSets.isEmpty()) {
      events.normal(service, ServiceEvents.DELETED_DAEMON_SET, deleted(daemonSets));
    }
    Optional<Service> ours = writer.takeOver(service);
    if (ours.isEmpty()) {
      return;
    }
    if (Ownership.ofStatus(ours.get()) && !endsWithFinalizer(ours.get())) {
      writer.clearStatus(ours.get());
    }
    if (Ownership.ofFinalizer(ours.get())) {
      writer.release(ours.get());
    }
  }

  /**
   * Deletes DaemonSets.
   *
   * @return whether all are gone; if finalizers keep one, its end is an event, and brings us back
   */
  boolean delete(Collection<DaemonSet> daemonSets) {
    boolean gone = true;
    for (DaemonSet daemonSet : daemonSets) {
      gone &= deletion.delete(daemonSet);
    }
    return gone;
  }

  /** What is told of DaemonSets that were deleted. */
  static String deleted(Collection<DaemonSet> daemonSets) {
    return daemonSets.stream()
        .map(
            it -> "DaemonSet " + it.getMetadata().getNamespace() + "/" + it.getMetadata().getName())
        .collect(joining(", ", "deleted ", ""));
  }

  /** Whether only our finalizer keeps a deleted Service, whose status goes with it then. */
  private static boolean endsWithFinalizer(Service service) {
    return service.getMetadata().getDeletionTimestamp() != null
        && service.getMetadata().getFinalizers().equals(List.of(Names.FINALIZER));
  }
}
