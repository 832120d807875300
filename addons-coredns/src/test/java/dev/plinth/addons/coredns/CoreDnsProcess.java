package dev.plinth.addons.coredns;

import static org.awaitility.Awaitility.await;

import dev.plinth.controlplane.tools.Executable;
import dev.plinth.controlplane.tools.Tool;
import dev.plinth.controlplane.tools.Toolbox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.DatagramSocket;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import javax.naming.CommunicationException;
import javax.naming.Context;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.directory.InitialDirContext;
import org.awaitility.core.ConditionTimeoutException;

/**
 * The real CoreDNS, started outside a pod: of what the pod is given only ports and paths differ,
 * and how the API server is found.
 */
final class CoreDnsProcess implements AutoCloseable {

  private final Process process;
  private final int dnsPort;

  private CoreDnsProcess(Process process, int dnsPort) {
    this.process = process;
    this.dnsPort = dnsPort;
  }

  /**
   * Starts it and waits until it reports that it is ready.
   *
   * @param directory has what the pod has in {@code /etc/coredns}; its files are changed
   * @param kubeconfig how to reach the API server
   */
  static CoreDnsProcess start(Path directory, Path kubeconfig) throws IOException {
    Map<Integer, Integer> ports = new HashMap<>();
    for (int port : List.of(53, 8080, 8181, 9153)) {
      ports.put(port, freePort());
    }
    try (var files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.writeString(file, rewrite(Files.readString(file), directory, kubeconfig, ports));
      }
    }
    Files.writeString(directory.resolve("resolv.conf"), "nameserver 192.0.2.1\n");

    Toolbox tools = Toolbox.standard();
    Path log = directory.resolve("coredns.log");
    ProcessBuilder command =
        new ProcessBuilder(
                tools.resolve(Tool.SUPERVISE).path().toString(),
                tools.resolve(Tool.COREDNS).path().toString(),
                "-conf",
                directory.resolve("Corefile").toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    command.environment().put(Executable.LIFELINE_VARIABLE, "stdin");
    CoreDnsProcess coreDns = new CoreDnsProcess(command.start(), ports.get(53));
    coreDns.awaitReady(ports.get(8181), log);
    return coreDns;
  }

  private static String rewrite(
      String text, Path directory, Path kubeconfig, Map<Integer, Integer> ports) {
    return text.replace(":53 {", ":" + ports.get(53) + " {")
        .replace(":9153", ":" + ports.get(9153))
        .replaceAll("(?m)^( +)health$", "$1health :" + ports.get(8080))
        .replaceAll("(?m)^( +)ready$", "$1ready :" + ports.get(8181))
        .replaceAll("(?m)^( +)(kubernetes .*)$", "$1$2\n$1    kubeconfig " + kubeconfig)
        .replace("/etc/coredns/", directory + "/")
        .replace("/etc/", directory + "/");
  }

  private static int freePort() {
    try (ServerSocket tcp = new ServerSocket(0);
        DatagramSocket udp = new DatagramSocket(tcp.getLocalPort())) {
      return udp.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException("no port is free for TCP and UDP", e);
    }
  }

  private void awaitReady(int port, Path log) throws IOException {
    HttpClient http = HttpClient.newHttpClient();
    HttpRequest ready =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/ready".formatted(port))).build();
    try {
      await()
          .atMost(Duration.ofSeconds(60))
          .ignoreException(ConnectException.class)
          .until(
              () ->
                  !process.isAlive()
                      || (http.send(ready, BodyHandlers.discarding()).statusCode() == 200
                          && answers()));
    } catch (ConditionTimeoutException e) {
      close();
      throw new IllegalStateException("CoreDNS is not ready:\n" + Files.readString(log), e);
    }
    if (!process.isAlive()) {
      throw new IllegalStateException("CoreDNS ended:\n" + Files.readString(log));
    }
  }

  /** The port on which it answers, on all addresses of this host. */
  int port() {
    return dnsPort;
  }

  /** It reports that it is ready before it listens for queries. */
  private boolean answers() throws NamingException {
    try {
      ask("A", "kubernetes.default.svc.cluster.local.");
      return true;
    } catch (CommunicationException e) {
      return false;
    }
  }

  /**
   * Asks it over UDP.
   *
   * @param type e.g. {@code A}
   * @return the data of the records, sorted; empty if the name has none of this type
   * @throws javax.naming.NameNotFoundException if there is no such name
   */
  List<String> ask(String type, String name) throws NamingException {
    Hashtable<String, String> settings = new Hashtable<>();
    settings.put(Context.INITIAL_CONTEXT_FACTORY, "com.sun.jndi.dns.DnsContextFactory");
    settings.put(Context.PROVIDER_URL, "dns://127.0.0.1:" + dnsPort);
    InitialDirContext dns = new InitialDirContext(settings);
    try {
      Attribute records = dns.getAttributes(name, new String[] {type}).get(type);
      TreeSet<String> data = new TreeSet<>();
      for (int i = 0; records != null && i < records.size(); i++) {
        data.add((String) records.get(i));
      }
      return List.copyOf(data);
    } finally {
      dns.close();
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
