package dev.plinth.config;

import com.google.common.net.InetAddresses;
import java.math.BigInteger;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Optional;

/**
 * A network in CIDR notation.
 *
 * @param network its first address: all host bits are zero
 * @param prefixLength the number of network bits
 */
public record Cidr(InetAddress network, int prefixLength) {

  /**
   * Reads {@code 10.43.0.0/16} or {@code fd00:43::/112}; host bits are cleared.
   *
   * @throws IllegalArgumentException with what was expected
   */
  public static Cidr parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      throw expected();
    }
    InetAddress address;
    try {
      address = parseAddress(text.substring(0, slash));
    } catch (IllegalArgumentException e) {
      throw expected();
    }
    String prefix = text.substring(slash + 1);
    if (!prefix.matches("0|[1-9]\\d{0,2}") || Integer.parseInt(prefix) > bits(address)) {
      throw expected();
    }
    int prefixLength = Integer.parseInt(prefix);
    int hostBits = bits(address) - prefixLength;
    BigInteger network = InetAddresses.toBigInteger(address).shiftRight(hostBits);
    return new Cidr(toAddress(network.shiftLeft(hostBits), isIpv6(address)), prefixLength);
  }

  /**
   * Reads an IPv4 or IPv6 address without a scope.
   *
   * @throws IllegalArgumentException with what was expected
   */
  static InetAddress parseAddress(String text) {
    if (!InetAddresses.isInetAddress(text) || text.contains("%")) {
      throw new IllegalArgumentException("an IPv4 or IPv6 address");
    }
    InetAddress address = InetAddresses.forString(text);
    if (!isIpv6(address) && text.contains(":")) {
      throw new IllegalArgumentException(
          "an IPv4 or IPv6 address, not an IPv4 address written as an IPv6 one");
    }
    return address;
  }

  static boolean isIpv6(InetAddress address) {
    return address instanceof Inet6Address;
  }

  /** Whether it is a network of IPv6 addresses. */
  public boolean isIpv6() {
    return isIpv6(network);
  }

  /** The address that many places after the first one; empty if the network is too small. */
  Optional<InetAddress> address(int index) {
    BigInteger offset = BigInteger.valueOf(index);
    return offset.bitLength() > hostBits()
        ? Optional.empty()
        : Optional.of(toAddress(InetAddresses.toBigInteger(network).add(offset), isIpv6()));
  }

  /** Whether that address is one of its own; never for an address of the other family. */
  public boolean contains(InetAddress address) {
    return isIpv6(address) == isIpv6()
        && InetAddresses.toBigInteger(address)
            .xor(InetAddresses.toBigInteger(network))
            .shiftRight(hostBits())
            .equals(BigInteger.ZERO);
  }

  /** The notation that {@link #parse} reads, IPv6 in its short form. */
  @Override
  public String toString() {
    return InetAddresses.toAddrString(network) + "/" + prefixLength;
  }

  private int hostBits() {
    return bits(network) - prefixLength;
  }

  private static int bits(InetAddress address) {
    return isIpv6(address) ? 128 : 32;
  }

  private static InetAddress toAddress(BigInteger value, boolean ipv6) {
    return ipv6 ? InetAddresses.fromIPv6BigInteger(value) : InetAddresses.fromIPv4BigInteger(value);
  }

  private static IllegalArgumentException expected() {
    return new IllegalArgumentException("a network like 10.43.0.0/16 or fd00:43::/112");
  }
}
