package dev.plinth.addons.coredns;

import java.net.InetAddress;
import java.util.List;

/** What came of asking a DNS server for a name. */
sealed interface DnsAnswer {

  /** It knows these addresses of the name, one at least. */
  record Found(List<InetAddress> addresses) implements DnsAnswer {}

  /**
   * It answers, but not with what was asked for.
   *
   * @param what it answers, e.g. {@code NXDOMAIN: no such name}
   */
  record Wrong(String what) implements DnsAnswer {}

  /** Nothing came back: nobody can tell from here whether it is down or only out of reach. */
  record Silence() implements DnsAnswer {}
}
