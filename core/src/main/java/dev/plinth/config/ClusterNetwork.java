package dev.plinth.config;

import static java.util.stream.Collectors.joining;

import dev.plinth.config.Settings.Given;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The cluster's networks and DNS addresses, at most one of each IP family.
 *
 * @param clusterCidrs the networks of pods, never empty
 * @param serviceCidrs the networks of services, never empty
 * @param clusterDns the addresses of cluster DNS, never empty
 */
record ClusterNetwork(
    List<Cidr> clusterCidrs, List<Cidr> serviceCidrs, List<InetAddress> clusterDns) {

  /** K3s: the place of cluster DNS in each service network. */
  private static final int DNS_INDEX = 10;

  /**
   * What was given, completed with the defaults of K3s.
   *
   * @throws ConfigurationException if a list has two of one family, or a service network is too
   *     small for its DNS address
   */
  static ClusterNetwork of(Settings settings, Consumer<String> warnings) {
    boolean ipv6 =
        settings.given(PlinthOptions.NODE_IP, warnings).stream()
            .findFirst()
            .filter(it -> Cidr.isIpv6(it.value()))
            .isPresent();
    List<Given<Cidr>> clusterCidrs =
        cidrs(
            settings, PlinthOptions.CLUSTER_CIDR, ipv6 ? "fd00:42::/56" : "10.42.0.0/16", warnings);
    List<Given<Cidr>> serviceCidrs =
        cidrs(
            settings,
            PlinthOptions.SERVICE_CIDR,
            ipv6 ? "fd00:43::/112" : "10.43.0.0/16",
            warnings);
    List<Given<InetAddress>> clusterDns = settings.given(PlinthOptions.CLUSTER_DNS, warnings);
    requireOneOfEachFamily(clusterDns, Cidr::isIpv6);
    warnOfAddressesOutside(serviceCidrs, clusterDns, warnings);
    return new ClusterNetwork(
        Given.values(clusterCidrs),
        Given.values(serviceCidrs),
        clusterDns.isEmpty()
            ? serviceCidrs.stream().map(ClusterNetwork::defaultDns).toList()
            : Given.values(clusterDns));
  }

  private static List<Given<Cidr>> cidrs(
      Settings settings, Option<Cidr> option, String defaultCidr, Consumer<String> warnings) {
    List<Given<Cidr>> given = settings.given(option, warnings);
    requireOneOfEachFamily(given, Cidr::isIpv6);
    return given.isEmpty()
        ? List.of(new Given<>(Cidr.parse(defaultCidr), new Setting(defaultCidr, "default")))
        : given;
  }

  private static void warnOfAddressesOutside(
      List<Given<Cidr>> serviceCidrs,
      List<Given<InetAddress>> clusterDns,
      Consumer<String> warnings) {
    String networks = serviceCidrs.stream().map(it -> it.value().toString()).collect(joining(", "));
    for (Given<InetAddress> address : clusterDns) {
      if (serviceCidrs.stream().noneMatch(it -> it.value().contains(address.value()))) {
        warnings.accept(
            "%s: '%s' lies outside the service networks (%s), so the API server will refuse it"
                .formatted(address.setting().origin(), address.setting().text(), networks));
      }
    }
  }

  private static InetAddress defaultDns(Given<Cidr> serviceCidr) {
    return serviceCidr
        .value()
        .address(DNS_INDEX)
        .orElseThrow(
            () ->
                serviceCidr
                    .setting()
                    .isNot(
                        "a network with a tenth address, which cluster DNS gets, or an address for"
                            + " it given by --cluster-dns",
                        PlinthOptions.SERVICE_CIDR));
  }

  private static <T> void requireOneOfEachFamily(List<Given<T>> given, Predicate<T> isIpv6) {
    for (boolean family : new boolean[] {false, true}) {
      List<Given<T>> same = new ArrayList<>(given);
      same.removeIf(it -> isIpv6.test(it.value()) != family);
      if (same.size() > 1) {
        throw new ConfigurationException(
            "found %s, expected at most one of each IP family, but these are IPv%d"
                .formatted(Given.describe(same), family ? 6 : 4));
      }
    }
  }
}
