package dev.plinth.member;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The Leases of the servers of one cluster. Every method that asks the API server may throw {@link
 * KubernetesClientException}.
 */
interface Leases extends AutoCloseable {

  /** All there are. */
  List<LeaseRecord> list();

  /**
   * Creates or replaces one.
   *
   * @param wanted with the resourceVersion of what is replaced; without one, it is created
   */
  Answer write(Lease wanted);

  /** Deletes this very version. */
  void delete(LeaseRecord lease);

  /**
   * Watches all of them anew.
   *
   * @return completes when those that there are have been told
   */
  CompletableFuture<Void> watch(Watcher watcher);

  /** Ends the watch. */
  @Override
  void close();

  /** Is told what the watch sees, in order, on any thread. */
  interface Watcher {

    void seen(LeaseRecord lease);

    void deleted(LeaseRecord last);

    /** The first list was told completely. */
    void listed(List<LeaseRecord> all);
  }

  /** What became of a write. */
  sealed interface Answer {

    /** It was done. */
    record Written(LeaseRecord now) implements Answer {}

    /** It was not, for somebody has written or deleted it in between; this is what there is. */
    record Stale(Optional<LeaseRecord> now) implements Answer {}
  }
}
