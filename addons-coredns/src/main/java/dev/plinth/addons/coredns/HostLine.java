package dev.plinth.addons.coredns;

import static com.google.common.primitives.UnsignedBytes.lexicographicalComparator;
import static java.util.Comparator.comparing;

import com.google.common.net.InetAddresses;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * An address and the names that stand for it: a line of a hosts file.
 *
 * <p>Ordered by the address as a number of 16 bytes, so that IPv4 addresses, being {@code
 * ::ffff:a.b.c.d}, come before all IPv6 addresses in use, then by names.
 *
 * @param address the address
 * @param names the names, the canonical one first
 */
record HostLine(InetAddress address, List<String> names) implements Comparable<HostLine> {

  private static final int IPV6_BYTES = 16;

  private static final Comparator<HostLine> ORDER =
      comparing(HostLine::sixteenBytes, lexicographicalComparator())
          .thenComparing(it -> String.join(" ", it.names));

  HostLine {
    names = List.copyOf(names);
  }

  /** Reads a line as CoreDNS does; empty if it maps nothing. */
  static Optional<HostLine> parse(String line) {
    int comment = line.indexOf('#');
    String[] fields = (comment < 0 ? line : line.substring(0, comment)).trim().split("\\s+");
    if (fields.length < 2) {
      return Optional.empty();
    }
    List<String> names = Arrays.asList(fields).subList(1, fields.length);
    return address(fields[0]).map(address -> new HostLine(address, names));
  }

  /** Reads an address; empty if it is none, or means something on one machine only. */
  static Optional<InetAddress> address(String text) {
    boolean hasZone = text.contains("%");
    return hasZone || !InetAddresses.isInetAddress(text)
        ? Optional.empty()
        : Optional.of(InetAddresses.forString(text));
  }

  @Override
  public int compareTo(HostLine other) {
    return ORDER.compare(this, other);
  }

  /** The line as K3s writes it. */
  @Override
  public String toString() {
    return InetAddresses.toAddrString(address) + " " + String.join(" ", names);
  }

  private byte[] sixteenBytes() {
    byte[] bytes = address.getAddress();
    if (bytes.length == IPV6_BYTES) {
      return bytes;
    }
    byte[] mapped = new byte[IPV6_BYTES];
    mapped[10] = (byte) 0xff;
    mapped[11] = (byte) 0xff;
    System.arraycopy(bytes, 0, mapped, IPV6_BYTES - bytes.length, bytes.length);
    return mapped;
  }
}
