package dev.plinth.addons.coredns;

import com.google.common.net.InetAddresses;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import javax.naming.CommunicationException;
import javax.naming.Context;
import javax.naming.NameNotFoundException;
import javax.naming.NamingException;
import javax.naming.NoInitialContextException;
import javax.naming.OperationNotSupportedException;
import javax.naming.ServiceUnavailableException;
import javax.naming.directory.Attribute;
import javax.naming.directory.InitialDirContext;

/** Asks one DNS server for the addresses of one name, over UDP, by means of the JDK. */
final class DnsQuery {

  /** The first of two attempts; the second waits twice as long. */
  private static final Duration FIRST_PATIENCE = Duration.ofMillis(60);

  private static final int ATTEMPTS = 2;

  private final String name;
  private final String type;

  /**
   * @param name absolute, with a dot at its end
   * @param type {@code A} or {@code AAAA}
   */
  DnsQuery(String name, String type) {
    this.name = name;
    this.type = type;
  }

  /** Asks this server; takes a fifth of a second at most if it does not answer. */
  DnsAnswer ask(InetSocketAddress server) {
    Hashtable<String, String> settings = new Hashtable<>();
    settings.put(Context.INITIAL_CONTEXT_FACTORY, "com.sun.jndi.dns.DnsContextFactory");
    settings.put(Context.PROVIDER_URL, "dns://" + authority(server));
    settings.put("com.sun.jndi.dns.timeout.initial", String.valueOf(FIRST_PATIENCE.toMillis()));
    settings.put("com.sun.jndi.dns.timeout.retries", String.valueOf(ATTEMPTS));
    try {
      InitialDirContext dns = new InitialDirContext(settings);
      try {
        List<InetAddress> addresses = new ArrayList<>();
        Attribute records = dns.getAttributes(name, new String[] {type}).get(type);
        for (int i = 0; records != null && i < records.size(); i++) {
          addresses.add(InetAddresses.forString((String) records.get(i)));
        }
        return addresses.isEmpty()
            ? new DnsAnswer.Wrong("no " + type + " record")
            : new DnsAnswer.Found(addresses);
      } finally {
        dns.close();
      }
    } catch (CommunicationException | NoInitialContextException e) {
      // The latter is a run-time image without the module jdk.naming.dns, which cannot ask.
      return new DnsAnswer.Silence();
    } catch (NameNotFoundException e) {
      return new DnsAnswer.Wrong("NXDOMAIN, no such name");
    } catch (ServiceUnavailableException e) {
      return new DnsAnswer.Wrong("SERVFAIL, a failure of its own");
    } catch (OperationNotSupportedException e) {
      return new DnsAnswer.Wrong("REFUSED, or nothing it knows how to answer");
    } catch (NamingException e) {
      return new DnsAnswer.Wrong("nothing that can be read: " + e.getMessage());
    }
  }

  @Override
  public String toString() {
    return name + " " + type;
  }

  private static String authority(InetSocketAddress server) {
    String address = InetAddresses.toAddrString(server.getAddress());
    return (server.getAddress() instanceof Inet6Address ? "[" + address + "]" : address)
        + ":"
        + server.getPort();
  }
}
