package dev.plinth.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.net.InetAddresses;
import java.math.BigInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CidrTest {

  @ParameterizedTest
  @CsvSource({
    "10.43.0.0/16, 10.43.0.0/16",
    "10.43.7.9/16, 10.43.0.0/16",
    "0.0.0.0/0, 0.0.0.0/0",
    "192.168.1.1/32, 192.168.1.1/32",
    "fd00:43::/112, fd00:43::/112",
    "FD00:0043:0:0::1/112, fd00:43::/112",
    "::/0, ::/0",
  })
  void aNetworkIsReadWithoutItsHostBits(String text, String normalised) {
    assertThat(Cidr.parse(text)).hasToString(normalised);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "10.43.0.0",
        "10.43.0.0/",
        "10.43.0.0/33",
        "10.43.0.0/-1",
        "10.43.0.0/+8",
        "10.43.0.0/016",
        "10.43.0.0/16/8",
        "10.43.0/16",
        "10.043.0.0/16",
        "fd00::/129",
        "fe80::1%lo/64",
        "::ffff:10.43.0.0/112",
        "foo/16",
        "10.43.0.0/99999999999",
      })
  void anythingElseIsRefused(String text) {
    assertThatThrownBy(() -> Cidr.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a network like 10.43.0.0/16 or fd00:43::/112");
  }

  @ParameterizedTest
  @CsvSource({
    "10.43.0.0/16, 10.43.0.10",
    "10.43.0.0/28, 10.43.0.10",
    "10.43.0.240/28, 10.43.0.250",
    "255.255.255.240/28, 255.255.255.250",
    "fd00:43::/112, fd00:43::a",
    "fd00:43::/124, fd00:43::a",
    "::/0, ::a",
  })
  void theTenthAddressLiesTenAfterTheFirst(String network, String tenth) {
    assertThat(Cidr.parse(network).address(10)).map(InetAddresses::toAddrString).hasValue(tenth);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"10.43.0.0/29", "10.43.0.0/31", "10.43.0.0/32", "fd00::/125", "fd00::/128"})
  void aSmallNetworkHasNoTenthAddress(String network) {
    assertThat(Cidr.parse(network).address(10)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "10.43.0.0/16, 10.43.255.255, true",
    "10.43.0.0/16, 10.44.0.0, false",
    "10.43.0.0/16, ::10.43.0.1, false",
    "0.0.0.0/0, 1.2.3.4, true",
    "fd00:43::/112, fd00:43::ffff, true",
    "fd00:43::/112, fd00:43::1:0, false",
  })
  void aNetworkContainsItsAddresses(String network, String address, boolean contained) {
    assertThat(Cidr.parse(network).contains(InetAddresses.forString(address))).isEqualTo(contained);
  }

  @Property
  void anyAddressLiesInItsNetworkAndTheTextReadsBack(
      @ForAll @Size(4) byte[] bytes, @ForAll @IntRange(max = 32) int prefixLength) {
    var address = InetAddresses.fromIPv4BigInteger(new BigInteger(1, bytes));
    Cidr cidr = Cidr.parse(InetAddresses.toAddrString(address) + "/" + prefixLength);

    assertThat(cidr.contains(address)).isTrue();
    assertThat(Cidr.parse(cidr.toString())).isEqualTo(cidr);
  }

  @Property
  void anIndexedAddressIsInTheNetworkOrAbsent(
      @ForAll @IntRange(min = 96, max = 128) int prefixLength,
      @ForAll @IntRange(max = 100_000) int index) {
    Cidr cidr = Cidr.parse("fd00:43::/" + prefixLength);
    boolean fits =
        BigInteger.ONE.shiftLeft(128 - prefixLength).compareTo(BigInteger.valueOf(index)) > 0;

    assertThat(cidr.address(index).isPresent()).isEqualTo(fits);
    assertThat(cidr.address(index).stream()).allMatch(cidr::contains);
  }
}
