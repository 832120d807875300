package dev.plinth.addons.coredns;

import static dev.plinth.addons.coredns.NodeHosts.merge;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class NodeHostsPropertiesTest {

  private static final String MARK = "# plinth:";

  @Property
  void mergingAgainChangesNothing(
      @ForAll("anyText") String text, @ForAll("nodes") List<NodeAddresses> nodes) {
    String once = merge(text, nodes);

    assertThat(merge(once, nodes)).isEqualTo(once);
  }

  @Property
  void theOrderOfTheNodesDoesNotMatter(
      @ForAll("anyText") String text,
      @ForAll("nodes") List<NodeAddresses> nodes,
      @ForAll Random random) {
    List<NodeAddresses> shuffled = new ArrayList<>(nodes);
    Collections.shuffle(shuffled, random);

    assertThat(merge(text, shuffled)).isEqualTo(merge(text, nodes));
  }

  @Property
  void onlyTheNodesOfTheLastMergeMatter(
      @ForAll("usersText") String text,
      @ForAll("nodes") List<NodeAddresses> before,
      @ForAll("nodes") List<NodeAddresses> after) {
    String viaOthers = merge(merge(text, before), after);

    assertThat(viaOthers.lines()).containsExactlyElementsOf(merge(text, after).lines().toList());
  }

  @Property
  void usersLinesSurviveInOrder(
      @ForAll("usersText") String above,
      @ForAll("usersText") String below,
      @ForAll("nodes") List<NodeAddresses> before,
      @ForAll("nodes") List<NodeAddresses> after) {
    String text = merge(above, before) + below;

    String merged = merge(text, after);

    assertThat(usersLines(merged)).isEqualTo(usersLines(above + below));
  }

  @Property
  void removingAllNodesLeavesExactlyTheUsersText(
      @ForAll("usersText") String text, @ForAll("nodes") List<NodeAddresses> nodes) {
    assertThat(merge(merge(text, nodes), List.of())).isEqualTo(text);
  }

  @Property
  void everyNameOfEveryNodeIsMapped(
      @ForAll("anyText") String text,
      @ForAll("nodes") List<NodeAddresses> before,
      @ForAll("nodes") List<NodeAddresses> nodes) {
    List<HostLine> merged =
        merge(merge(text, before), nodes)
            .lines()
            .flatMap(it -> HostLine.parse(it).stream())
            .toList();

    for (NodeAddresses node : nodes) {
      for (var address : node.addresses()) {
        assertThat(merged.stream().filter(it -> it.address().equals(address)))
            .flatMap(HostLine::names)
            .containsAll(node.names());
      }
    }
  }

  @Provide
  Arbitrary<List<NodeAddresses>> nodes() {
    Arbitrary<String> name = Arbitraries.of("n1", "n2", "n3", "localhost", "n4.example.org");
    Arbitrary<String> hostname = Arbitraries.of("h1", "h2", "n1", "localhost");
    Arbitrary<List<String>> ips = Arbitraries.of(ips()).list().ofMaxSize(3);
    return Combinators.combine(name, hostname, ips)
        .as(
            (node, host, addresses) ->
                NodeAddresses.of(
                    Nodes.node(
                        node,
                        Stream.concat(
                                Stream.of("Hostname=" + host),
                                addresses.stream().map(it -> "InternalIP=" + it))
                            .toArray(String[]::new))))
        .list()
        .uniqueElements(NodeAddresses::node)
        .ofMaxSize(5);
  }

  /** Texts whose lines are surely no node's. */
  @Provide
  Arbitrary<String> usersText() {
    return text(
        Arbitraries.of(
            "# comment",
            "",
            "172.18.0.1 host.k3d.internal",
            "10.0.0.1 registry  mirror # why",
            "x"));
  }

  /** Texts as K3s, users, Plinth and accidents leave them. */
  @Provide
  Arbitrary<String> anyText() {
    Arbitrary<String> k3s =
        Combinators.combine(Arbitraries.of(ips()), Arbitraries.of("n1", "n2", "gone"))
            .as("%s %s"::formatted);
    Arbitrary<String> mark =
        nodes().map(it -> merge("", it)).flatMap(it -> Arbitraries.of(it.split("\n")));
    Arbitrary<String> block = nodes().map(it -> merge("", it).stripTrailing());
    return Arbitraries.oneOf(
        text(Arbitraries.oneOf(k3s, mark, block, Arbitraries.of("# c", "", "1.1.1.1 u"))),
        Arbitraries.strings().all());
  }

  private static Arbitrary<String> text(Arbitrary<String> lines) {
    return lines.list().ofMaxSize(6).map(it -> it.isEmpty() ? "" : String.join("\n", it) + "\n");
  }

  private static List<String> ips() {
    return List.of("10.0.0.1", "10.0.0.2", "10.0.0.10", "fd00::1", "fd00::2", "127.0.0.1");
  }

  private static List<String> usersLines(String text) {
    List<String> users = new ArrayList<>();
    boolean isUsers = true;
    for (String line : text.lines().toList()) {
      if (line.startsWith(MARK)) {
        isUsers = !isUsers;
      } else if (isUsers) {
        users.add(line);
      }
    }
    return users;
  }
}
