package dev.plinth.addons.coredns;

import com.google.common.net.InetAddresses;
import dev.plinth.config.Cidr;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;

/** Asks servers for the address of a Service, and tells the cluster's answers from others'. */
final class ClusterDnsQuestion {

  private final DnsQuery query;
  private final List<Cidr> services;

  /**
   * @param query for the addresses of a Service
   * @param services the networks in which Services have their addresses
   */
  ClusterDnsQuestion(DnsQuery query, List<Cidr> services) {
    this.query = query;
    this.services = services;
  }

  /**
   * What the cluster's DNS server came up with.
   *
   * @param problem what is wrong with its answer; empty if nothing is
   */
  record Verdict(Optional<String> problem) {}

  /**
   * Asks one server.
   *
   * <p>Some networks answer DNS queries to any address outside. So a wrong answer is not taken at
   * its word: the same is asked of an address of that network that nobody can have. If that answers
   * too, something in between answers, and not the cluster.
   *
   * @param server who is asked
   * @param networks where the server's address belongs
   * @return empty if nothing, or nobody of the cluster, answers
   */
  Optional<Verdict> ask(InetSocketAddress server, List<Cidr> networks) {
    DnsAnswer answer = query.ask(server);
    if (answer instanceof DnsAnswer.Found found && isOfService(found)) {
      return Optional.of(new Verdict(Optional.empty()));
    }
    if (answer instanceof DnsAnswer.Silence || isIntercepted(server, networks)) {
      return Optional.empty();
    }
    return Optional.of(new Verdict(Optional.of(describe(server, answer))));
  }

  private boolean isOfService(DnsAnswer.Found found) {
    return found.addresses().stream()
        .anyMatch(address -> services.stream().anyMatch(it -> it.contains(address)));
  }

  private boolean isIntercepted(InetSocketAddress server, List<Cidr> networks) {
    return networks.stream()
        .filter(it -> it.contains(server.getAddress()))
        .map(it -> new InetSocketAddress(it.network(), server.getPort()))
        .filter(it -> !it.equals(server))
        .map(query::ask)
        .anyMatch(it -> !(it instanceof DnsAnswer.Silence));
  }

  private String describe(InetSocketAddress server, DnsAnswer answer) {
    String what =
        answer instanceof DnsAnswer.Found found
            ? found.addresses().stream().map(InetAddresses::toAddrString).toList()
                + ", which no Service of this cluster can have"
            : ((DnsAnswer.Wrong) answer).what();
    return "cluster DNS at %s port %d answers %s with %s; see the logs of its pods, and the ConfigMaps kube-system/coredns and coredns-custom"
        .formatted(InetAddresses.toAddrString(server.getAddress()), server.getPort(), query, what);
  }
}
