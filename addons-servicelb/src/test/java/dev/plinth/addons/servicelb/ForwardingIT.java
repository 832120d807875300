package dev.plinth.addons.servicelb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The environment of a DaemonSet's containers at work: a client, a pod and a target in network
 * namespaces of their own, with one wire from the client to the pod and one on to the target.
 */
class ForwardingIT {

  private static final String CLIENT = "plinth-client-" + ProcessHandle.current().pid();
  private static final String POD = "plinth-pod-" + ProcessHandle.current().pid();
  private static final String TARGET = "plinth-target-" + ProcessHandle.current().pid();

  private static final String POD_IP = "10.77.1.1";
  private static final String POD_IPV6 = "fd77:1::1";
  private static final String FRIEND = "10.77.1.2";
  private static final String FRIEND_IPV6 = "fd77:1::2";
  private static final String STRANGER = "10.77.1.130";
  private static final String STRANGER_IPV6 = "fd77:1::1:2";
  private static final String CLUSTER_IP = "10.43.0.7";
  private static final String CLUSTER_IPV6 = "fd43::7";
  private static final String NODE_IP = "10.77.2.2";

  @TempDir static Path directory;

  private static Process target;

  @BeforeAll
  static void build() throws Exception {
    assumeTrue(
        succeeds("nft", "--version") && succeeds("ip", "netns", "add", POD),
        "skipped: network namespaces need root, ip and nft");
    run("ip", "netns", "add", CLIENT);
    run("ip", "netns", "add", TARGET);
    wire(CLIENT, POD, FRIEND, FRIEND_IPV6, POD_IP, POD_IPV6);
    wire(POD, TARGET, "10.77.2.1", "fd77:2::1", NODE_IP, "fd77:2::2");
    in(CLIENT, "ip", "address", "add", STRANGER + "/24", "dev", "eth0");
    in(CLIENT, "ip", "-6", "address", "add", STRANGER_IPV6 + "/64", "dev", "eth0", "nodad");
    in(TARGET, "ip", "address", "add", CLUSTER_IP + "/32", "dev", "lo");
    in(TARGET, "ip", "-6", "address", "add", CLUSTER_IPV6 + "/128", "dev", "lo", "nodad");
    in(POD, "ip", "route", "add", CLUSTER_IP, "via", NODE_IP);
    in(POD, "ip", "-6", "route", "add", CLUSTER_IPV6, "via", "fd77:2::2");
    target =
        new ProcessBuilder(inNamespace(TARGET, java("serve", "80", "53", "30081")))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    BufferedReader output = target.inputReader();
    assertThat(output.readLine()).isEqualTo("serving");
  }

  @AfterAll
  static void takeDown() throws Exception {
    if (target != null) {
      target.destroyForcibly().waitFor();
    }
    for (String namespace : List.of(CLIENT, POD, TARGET)) {
      succeeds("ip", "netns", "delete", namespace);
    }
  }

  @Test
  void what_comes_in_from_a_source_range_gets_through_and_nothing_else() throws Exception {
    Service service =
        Objects.service("web")
            .editSpec()
            .withIpFamilies("IPv4", "IPv6")
            .withClusterIPs(CLUSTER_IP, CLUSTER_IPV6)
            .withLoadBalancerSourceRanges("10.77.1.0/25", "fd77:1::/112")
            .addNewPort()
            .withName("dns")
            .withPort(53)
            .withProtocol("UDP")
            .endPort()
            .endSpec()
            .build();
    startPod(service);

    assertThat(
            ask(
                "TCP",
                FRIEND,
                POD_IP,
                "80",
                "UDP",
                FRIEND,
                POD_IP,
                "53",
                "TCP",
                FRIEND_IPV6,
                POD_IPV6,
                "80",
                "UDP",
                FRIEND_IPV6,
                POD_IPV6,
                "53",
                "TCP",
                STRANGER,
                POD_IP,
                "80",
                "UDP",
                STRANGER,
                POD_IP,
                "53",
                "TCP",
                STRANGER_IPV6,
                POD_IPV6,
                "80",
                "UDP",
                STRANGER_IPV6,
                POD_IPV6,
                "53"))
        .containsExactly("TCP 80", "UDP 53", "TCP 80", "UDP 53", "none", "none", "none", "none");
  }

  @Test
  void without_source_ranges_everybody_gets_through() throws Exception {
    startPod(
        Objects.service("web")
            .editSpec()
            .withIpFamilies("IPv4", "IPv6")
            .withClusterIPs(CLUSTER_IP, CLUSTER_IPV6)
            .endSpec()
            .build());

    assertThat(ask("TCP", STRANGER, POD_IP, "80", "TCP", STRANGER_IPV6, POD_IPV6, "80"))
        .containsExactly("TCP 80", "TCP 80");
  }

  @Test
  void with_policy_local_the_node_port_of_the_own_node_is_reached() throws Exception {
    startPod(
        Objects.service("web")
            .editSpec()
            .withExternalTrafficPolicy("Local")
            .editFirstPort()
            .withNodePort(30081)
            .endPort()
            .endSpec()
            .build());

    assertThat(ask("TCP", FRIEND, POD_IP, "80")).containsExactly("TCP 30081");
  }

  /** Does what the kubelet and the containers would do. */
  private static void startPod(Service service) throws Exception {
    DaemonSet daemonSet =
        DesiredDaemonSet.of(service, new ServiceLbSettings("kube-system", "image"), false);
    in(POD, "nft", "flush", "ruleset");
    for (String sysctl : List.of("net/ipv4/ip_forward", "net/ipv6/conf/all/forwarding")) {
      in(POD, "sh", "-c", "echo 0 > /proc/sys/" + sysctl);
    }
    daemonSet
        .getSpec()
        .getTemplate()
        .getSpec()
        .getSecurityContext()
        .getSysctls()
        .forEach(
            it ->
                in(
                    POD,
                    "sh",
                    "-c",
                    "echo %s > /proc/sys/%s"
                        .formatted(it.getValue(), it.getName().replace('.', '/'))));
    for (Container container : daemonSet.getSpec().getTemplate().getSpec().getContainers()) {
      Path rules = directory.resolve("rules");
      Files.writeString(rules, new ForwardingRules(container, NODE_IP).toString());
      in(POD, "nft", "-f", rules.toString());
    }
  }

  private static List<String> ask(String... questions) {
    String[] arguments =
        Stream.concat(Stream.of("ask"), Arrays.stream(questions)).toArray(String[]::new);
    return in(CLIENT, java(arguments).toArray(String[]::new)).lines().toList();
  }

  private static List<String> java(String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                location(),
                Echo.class.getName()));
    command.addAll(List.of(arguments));
    return command;
  }

  private static String location() {
    return Echo.class.getProtectionDomain().getCodeSource().getLocation().getPath();
  }

  private static void wire(
      String one, String other, String oneIp, String oneIpv6, String otherIp, String otherIpv6) {
    String end = one.equals(POD) ? "eth1" : "eth0";
    run(
        "ip", "link", "add", end, "netns", one, "type", "veth", "peer", "name", "eth0", "netns",
        other);
    connect(one, end, oneIp, oneIpv6);
    connect(other, "eth0", otherIp, otherIpv6);
  }

  private static void connect(String namespace, String device, String ip, String ipv6) {
    in(namespace, "ip", "address", "add", ip + "/24", "dev", device);
    in(namespace, "ip", "-6", "address", "add", ipv6 + "/64", "dev", device, "nodad");
    in(namespace, "ip", "link", "set", device, "up");
    in(namespace, "ip", "link", "set", "lo", "up");
  }

  private static String in(String namespace, String... command) {
    return run(inNamespace(namespace, List.of(command)).toArray(String[]::new));
  }

  private static List<String> inNamespace(String namespace, List<String> command) {
    List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
    all.addAll(command);
    return all;
  }

  private static String run(String... command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), UTF_8);
      assertThat(process.waitFor()).as("%s: %s", String.join(" ", command), output).isZero();
      return output;
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(String.join(" ", command), e);
    }
  }

  private static boolean succeeds(String... command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getInputStream().readAllBytes();
      return process.waitFor() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
