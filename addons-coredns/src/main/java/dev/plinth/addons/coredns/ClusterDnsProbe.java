package dev.plinth.addons.coredns;

import com.google.common.net.InetAddresses;
import dev.plinth.addon.AddonContext;
import dev.plinth.addon.FunctionalProbe;
import dev.plinth.config.Cidr;
import dev.plinth.config.ServerConfig;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has cluster DNS resolve {@code kubernetes.default}, the one name that every cluster has.
 *
 * <p>Plinth need not run where cluster DNS can be reached: an API server may stand outside the
 * networks of services and pods. Hence only an answer counts, and a wrong one only if it certainly
 * comes from the cluster. The address of the Service is asked always, the pods behind it only by a
 * host with an address in their network, since hardly anybody else has a way to them. If nothing
 * answers, nothing is known, and what the objects' health says stands.
 */
final class ClusterDnsProbe implements FunctionalProbe {

  private static final Logger LOG = LoggerFactory.getLogger(ClusterDnsProbe.class);
  private static final int PORT = 53;
  private static final String PORT_NAME = "dns";
  private static final String NAMESPACE = "kube-system";
  private static final String SERVICE = "kube-dns";
  private static final int MOST_PODS = 2;

  @Override
  public Optional<String> probe(AddonContext context) {
    ServerConfig config = context.config();
    List<Cidr> services = config.serviceCidrs().stream().map(Cidr::parse).toList();
    ClusterDnsQuestion question =
        new ClusterDnsQuestion(
            new DnsQuery(
                "kubernetes.default.svc." + config.clusterDomain() + ".",
                services.get(0).isIpv6() ? "AAAA" : "A"),
            services);
    InetSocketAddress service =
        new InetSocketAddress(InetAddresses.forString(config.clusterDns().get(0)), PORT);
    return question
        .ask(service, services)
        .or(() -> askPods(question, config, context.client()))
        .orElseGet(
            () -> {
              LOG.debug("Cluster DNS is not in reach from here; nothing is known of its answers");
              return new ClusterDnsQuestion.Verdict(Optional.empty());
            })
        .problem();
  }

  private static Optional<ClusterDnsQuestion.Verdict> askPods(
      ClusterDnsQuestion question, ServerConfig config, KubernetesClient client) {
    List<Cidr> pods = config.clusterCidrs().stream().map(Cidr::parse).toList();
    if (!isHostIn(pods)) {
      return Optional.empty();
    }
    return readyPods(client).stream().flatMap(it -> question.ask(it, pods).stream()).findFirst();
  }

  private static boolean isHostIn(List<Cidr> networks) {
    try {
      return NetworkInterface.networkInterfaces()
          .flatMap(NetworkInterface::inetAddresses)
          .anyMatch(address -> networks.stream().anyMatch(it -> it.contains(address)));
    } catch (SocketException e) {
      LOG.debug("This host's addresses cannot be told", e);
      return false;
    }
  }

  private static List<InetSocketAddress> readyPods(KubernetesClient client) {
    return client
        .discovery()
        .v1()
        .endpointSlices()
        .inNamespace(NAMESPACE)
        .withLabel("kubernetes.io/service-name", SERVICE)
        .list()
        .getItems()
        .stream()
        .flatMap(ClusterDnsProbe::readyPods)
        .limit(MOST_PODS)
        .toList();
  }

  private static Stream<InetSocketAddress> readyPods(EndpointSlice slice) {
    return slice.getPorts().stream()
        .filter(it -> PORT_NAME.equals(it.getName()) && it.getPort() != null)
        .map(EndpointPort::getPort)
        .flatMap(
            port ->
                slice.getEndpoints().stream()
                    .filter(ClusterDnsProbe::isReady)
                    .flatMap(it -> it.getAddresses().stream())
                    .filter(InetAddresses::isInetAddress)
                    .map(it -> new InetSocketAddress(InetAddresses.forString(it), port)));
  }

  /** Without a word on it an endpoint is ready, by the definition of the field. */
  private static boolean isReady(Endpoint endpoint) {
    return endpoint.getConditions() == null
        || !Boolean.FALSE.equals(endpoint.getConditions().getReady());
  }
}
