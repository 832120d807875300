package dev.plinth.examples.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The servers of a cluster, as their Leases tell. */
final class ServersInCluster {

  private static final String NAMESPACE = "kube-system";
  private static final String LABEL = "plinth.dev/server";
  private static final String LEADER = "plinth";
  private static final String ANNOUNCEMENT = "plinth.dev/member";

  private final KubernetesClient client;
  private final InstantSource clock;
  private final JsonMapper mapper = JsonMapper.builder().build();

  ServersInCluster(KubernetesClient client, InstantSource clock) {
    this.client = client;
    this.clock = clock;
  }

  /**
   * A server that has not closed.
   *
   * @param node its node name
   * @param version of its Plinth; empty if it does not say
   * @param leads whether it applies the packaged components
   * @param silence how long ago it renewed its Lease, by this host's clock
   */
  record Server(String node, String version, boolean leads, Duration silence) {}

  /**
   * Reads them.
   *
   * @throws io.fabric8.kubernetes.client.KubernetesClientException if the API server does not
   *     answer or refuses
   */
  List<Server> list() {
    List<Lease> leases = client.leases().inNamespace(NAMESPACE).withLabel(LABEL).list().getItems();
    Optional<String> leader =
        leases.stream()
            .filter(ServersInCluster::isLeaders)
            .flatMap(ServersInCluster::holder)
            .findFirst();
    return leases.stream()
        .filter(it -> !isLeaders(it))
        .flatMap(
            lease ->
                holder(lease)
                    .map(
                        it ->
                            new Server(
                                it.replaceFirst("_[^_]*$", ""),
                                version(lease),
                                leader.filter(it::equals).isPresent(),
                                silence(lease))))
        .sorted(Comparator.comparing(Server::node))
        .toList();
  }

  private static boolean isLeaders(Lease lease) {
    return lease.getMetadata().getName().equals(LEADER);
  }

  private static Stream<String> holder(Lease lease) {
    return Optional.ofNullable(lease.getSpec())
        .map(LeaseSpec::getHolderIdentity)
        .filter(it -> !it.isEmpty())
        .stream();
  }

  private String version(Lease lease) {
    String json =
        Optional.ofNullable(lease.getMetadata().getAnnotations())
            .map(it -> it.get(ANNOUNCEMENT))
            .orElse("{}");
    try {
      return mapper.readTree(json).path("version").asText();
    } catch (JsonProcessingException e) {
      // Somebody has edited it; that the server is there is worth telling all the same.
      return "";
    }
  }

  private Duration silence(Lease lease) {
    Instant now = clock.instant();
    Duration silence =
        Optional.ofNullable(lease.getSpec().getRenewTime())
            .map(it -> Duration.between(it.toInstant(), now))
            .orElse(Duration.ZERO);
    return silence.isNegative() ? Duration.ZERO : silence;
  }
}
