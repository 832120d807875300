package dev.plinth.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClusterNetworkTest {

  @Test
  void ipv4IsTheDefault() {
    ServerConfig config = read();

    assertThat(config.clusterCidrs()).containsExactly("10.42.0.0/16");
    assertThat(config.serviceCidrs()).containsExactly("10.43.0.0/16");
    assertThat(config.clusterDns()).containsExactly("10.43.0.10");
  }

  @ParameterizedTest
  @CsvSource({"--node-ip=fd00::1", "--node-ip=fd00::1;--node-ip=10.0.0.1", "-i;fd00::1,10.0.0.1"})
  void ipv6IsTheDefaultIfTheFirstNodeAddressIsIpv6(String arguments) {
    ServerConfig config = read(arguments.split(";"));

    assertThat(config.clusterCidrs()).containsExactly("fd00:42::/56");
    assertThat(config.serviceCidrs()).containsExactly("fd00:43::/112");
    assertThat(config.clusterDns()).containsExactly("fd00:43::a");
  }

  @Test
  void aNodeThatIsIpv6InSecondPlaceOnlyKeepsTheIpv4Default() {
    assertThat(read("--node-ip=10.0.0.1,fd00::1").serviceCidrs()).containsExactly("10.43.0.0/16");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--service-cidr=10.96.0.0/12 | 10.96.0.10",
        "--service-cidr=10.96.3.4/12 | 10.96.0.10",
        "--service-cidr=fd01::/108   | fd01::a",
        "--service-cidr=10.96.0.0/12,fd01::/108 | 10.96.0.10,fd01::a",
        "--service-cidr=fd01::/108;--service-cidr=10.96.0.0/12 | fd01::a,10.96.0.10",
        "--service-cidr=10.96.0.0/28 | 10.96.0.10",
      })
  void clusterDnsIsTheTenthAddressOfEachServiceNetwork(String arguments, String addresses) {
    assertThat(read(arguments.split(";")).clusterDns())
        .containsExactlyElementsOf(Arrays.asList(addresses.split(",")));
  }

  @ParameterizedTest
  @CsvSource({"10.43.0.0/31", "10.43.0.0/29", "fd00:43::/125"})
  void aServiceNetworkWithoutTenthAddressIsAnError(String cidr) {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> read("--service-cidr", cidr))
        .withMessage(
            "flag --service-cidr: found '%s', expected a network with a tenth address, which"
                + " cluster DNS gets, or an address for it given by --cluster-dns",
            cidr);
  }

  @Test
  void aSmallServiceNetworkIsEnoughIfClusterDnsIsGiven() {
    ServerConfig config = read("--service-cidr=10.43.0.0/29", "--cluster-dns=10.43.0.2");

    assertThat(config.clusterDns()).containsExactly("10.43.0.2");
    assertThat(config.warnings()).isEmpty();
  }

  @Test
  void givenAddressesKeepTheirOrderAndGetTheirShortForm() {
    ServerConfig config =
        read(
            "--service-cidr=10.43.0.0/16,fd00:43::/112", "--cluster-dns=FD00:43:0::53, 10.43.0.53");

    assertThat(config.clusterDns()).containsExactly("fd00:43::53", "10.43.0.53");
  }

  @Test
  void anAddressOutsideTheServiceNetworksIsWarnedOf() {
    assertThat(read("--cluster-dns=10.96.0.10").warnings())
        .containsExactly(
            "flag --cluster-dns: '10.96.0.10' lies outside the service networks (10.43.0.0/16), so"
                + " the API server will refuse it");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--cluster-dns=foo | flag --cluster-dns: found 'foo', expected an IPv4 or IPv6 address",
        "--cluster-dns=10.43.0.10,bar | flag --cluster-dns: found 'bar', expected an IPv4 or IPv6"
            + " address",
        "--cluster-cidr=10.42.0.0 | flag --cluster-cidr: found '10.42.0.0', expected a network like"
            + " 10.43.0.0/16 or fd00:43::/112",
        "--service-cidr=10.43.0.0/40 | flag --service-cidr: found '10.43.0.0/40', expected a"
            + " network like 10.43.0.0/16 or fd00:43::/112",
        "--node-ip=me | flag --node-ip: found 'me', expected an IPv4 or IPv6 address",
        "--cluster-dns=10.43.0.2,10.43.0.3 | found '10.43.0.2' (flag --cluster-dns) and '10.43.0.3'"
            + " (flag --cluster-dns), expected at most one of each IP family, but these are"
            + " IPv4",
        "--service-cidr=fd01::/108,10.0.0.0/8,fd02::/108 | found 'fd01::/108' (flag --service-cidr)"
            + " and 'fd02::/108' (flag --service-cidr), expected at most one of each IP family, but"
            + " these are IPv6",
      })
  void whatIsWrongIsToldWithTheFlag(String argument, String message) {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> read(argument))
        .withMessage(message);
  }

  private static ServerConfig read(String... arguments) {
    return ConfigurationReader.of(List.of())
        .withHostName(() -> "host")
        .withDefaultDataDir(Path.of("/data"))
        .read(arguments);
  }
}
