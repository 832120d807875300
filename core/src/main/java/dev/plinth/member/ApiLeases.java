package dev.plinth.member;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.plinth.cluster.ClusterApi;
import dev.plinth.cluster.Labels;
import dev.plinth.cluster.ResourceKind;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** The Leases in the namespace {@value #NAMESPACE} that have the label {@link Labels#SERVER}. */
final class ApiLeases implements Leases {

  static final String NAMESPACE = "kube-system";

  private static final ResourceKind KIND =
      new ResourceKind("coordination.k8s.io", "v1", "Lease", "leases", true);
  private static final String FIELD_MANAGER = "plinth";

  private final KubernetesClient client;
  private final ClusterApi api;
  private Optional<SharedIndexInformer<Lease>> informer = Optional.empty();
  private boolean closed;

  /**
   * @param client stays open
   * @param patience how long an answer is waited for; nothing is sent twice
   */
  ApiLeases(KubernetesClient client, Duration patience) {
    this.client = client;
    this.api = new ClusterApi(client, FIELD_MANAGER).once(patience);
  }

  @Override
  public List<LeaseRecord> list() {
    ObjectNode list =
        api.get(KIND.path(NAMESPACE) + "?labelSelector=" + Labels.SERVER)
            .orElseThrow(() -> new KubernetesClientException("the API server has no Leases"));
    List<LeaseRecord> leases = new ArrayList<>();
    list.path("items").forEach(it -> leases.add(record(it)));
    return leases;
  }

  @Override
  public Answer write(Lease wanted) {
    String name = wanted.getMetadata().getName();
    boolean replaces = wanted.getMetadata().getResourceVersion() != null;
    ObjectNode body = client.getKubernetesSerialization().convertValue(wanted, ObjectNode.class);
    try {
      return new Answer.Written(
          record(
              replaces
                  ? api.replace(KIND, NAMESPACE, name, body)
                  : api.create(KIND, NAMESPACE, body)));
    } catch (KubernetesClientException e) {
      // Nothing to create it in is no news about the Lease.
      boolean gone = replaces && e.getCode() == HttpURLConnection.HTTP_NOT_FOUND;
      if (e.getCode() != HttpURLConnection.HTTP_CONFLICT && !gone) {
        throw e;
      }
      return new Answer.Stale(api.get(KIND, NAMESPACE, name).map(this::record));
    }
  }

  @Override
  public void delete(LeaseRecord lease) {
    api.delete(KIND, NAMESPACE, lease.name(), lease.uid(), lease.version());
  }

  @Override
  public synchronized CompletableFuture<Void> watch(Watcher watcher) {
    if (closed) {
      return CompletableFuture.failedFuture(new KubernetesClientException("closed"));
    }
    informer.ifPresent(SharedIndexInformer::close);
    Handler handler = new Handler(watcher);
    SharedIndexInformer<Lease> fresh =
        client
            .leases()
            .inNamespace(NAMESPACE)
            .withLabel(Labels.SERVER)
            .runnableInformer(0)
            .exceptionHandler((started, error) -> started)
            .addEventHandler(handler);
    informer = Optional.of(fresh);
    fresh
        .start()
        .whenComplete(
            (done, error) -> {
              if (error != null) {
                handler.listed.completeExceptionally(error);
              }
            });
    return handler.listed;
  }

  @Override
  public synchronized void close() {
    closed = true;
    informer.ifPresent(SharedIndexInformer::close);
  }

  private LeaseRecord record(Object json) {
    return new LeaseRecord(client.getKubernetesSerialization().convertValue(json, Lease.class));
  }

  private static final class Handler implements ResourceEventHandler<Lease> {

    private final Watcher watcher;
    private final CompletableFuture<Void> listed = new CompletableFuture<>();
    private final Map<String, LeaseRecord> now = new ConcurrentHashMap<>();

    Handler(Watcher watcher) {
      this.watcher = watcher;
    }

    @Override
    public void onAdd(Lease lease) {
      now.put(lease.getMetadata().getName(), new LeaseRecord(lease));
      watcher.seen(new LeaseRecord(lease));
    }

    @Override
    public void onUpdate(Lease before, Lease lease) {
      onAdd(lease);
    }

    @Override
    public void onDelete(Lease lease, boolean unknownState) {
      now.remove(lease.getMetadata().getName());
      watcher.deleted(new LeaseRecord(lease));
    }

    @Override
    public void onList(String resourceVersion, boolean remainedEmpty) {
      if (!listed.isDone()) {
        watcher.listed(List.copyOf(now.values()));
        listed.complete(null);
      }
    }
  }
}
