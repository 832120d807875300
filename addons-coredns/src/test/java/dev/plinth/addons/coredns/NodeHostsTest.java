package dev.plinth.addons.coredns;

import static dev.plinth.addons.coredns.NodeHosts.merge;
import static dev.plinth.addons.coredns.Nodes.node;
import static dev.plinth.addons.coredns.Nodes.withIps;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class NodeHostsTest {

  private static final NodeAddresses N1 = withIps("n1", "10.0.0.1");
  private static final NodeAddresses N2 = withIps("n2", "10.0.0.2");

  @Nested
  class Lines {

    @Test
    void areSortedByTheValueOfTheAddressWithIpv4First() {
      List<NodeAddresses> nodes =
          List.of(
              withIps("n3", "fd00::9", "10.0.0.10"),
              withIps("n1", "192.168.0.1", "2001:db8::1"),
              withIps("n2", "10.0.0.9", "fd00::a"));

      assertThat(mappings(merge("", nodes)))
          .containsExactly(
              "10.0.0.9 n2",
              "10.0.0.10 n3",
              "192.168.0.1 n1",
              "2001:db8::1 n1",
              "fd00::9 n3",
              "fd00::a n2");
    }

    @Test
    void haveTheHostnameBehindTheNodeName() {
      NodeAddresses node = NodeAddresses.of(node("n1", "InternalIP=10.0.0.1", "Hostname=h1"));

      assertThat(mappings(merge("", List.of(node)))).containsExactly("10.0.0.1 n1 h1");
    }

    @Test
    void areKeptForAllNodesThatReportOneAddress() {
      assertThat(mappings(merge("", List.of(withIps("n2", "10.0.0.1"), N1))))
          .containsExactly("10.0.0.1 n1", "10.0.0.1 n2");
    }

    @Test
    void doNotRepeatWhatSomebodyElseMaps() {
      NodeAddresses node = NodeAddresses.of(node("n1", "InternalIP=10.0.0.1", "Hostname=h1"));

      assertThat(mappings(merge("10.0.0.1 N1 mine # for tests\n", List.of(node))))
          .containsExactly("10.0.0.1 N1 mine # for tests", "10.0.0.1 h1");
    }

    @Test
    void areSafeInAShellAndInAJsonTemplate() {
      assertThat(merge("", List.of(N1))).doesNotContainPattern("[\"'\\\\%^`$]").endsWith("\n");
    }

    @Test
    void areNoneWithoutNodes() {
      assertThat(merge("", List.of())).isEmpty();
      assertThat(mappings(merge("", List.of(withIps("n1"))))).isEmpty();
    }
  }

  @Nested
  class Changes {

    @Test
    void replaceAnAddressThatTheNodeNoLongerHas() {
      String before = merge("", List.of(N1, N2));

      assertThat(mappings(merge(before, List.of(withIps("n1", "10.0.0.7"), N2))))
          .containsExactly("10.0.0.2 n2", "10.0.0.7 n1");
    }

    @Test
    void removeNodesThatWereDeletedWhileNobodyWatched() {
      String before = merge("# mine\n1.2.3.4 a\n", List.of(N1, N2));

      assertThat(mappings(merge(before, List.of(N2)))).containsExactly("1.2.3.4 a", "10.0.0.2 n2");
      assertThat(merge(before, List.of())).isEqualTo("# mine\n1.2.3.4 a\n");
    }

    @Test
    void giveAnAddressToTheNodeThatHasItNow() {
      String before = merge("", List.of(N1));

      assertThat(mappings(merge(before, List.of(withIps("n2", "10.0.0.1")))))
          .containsExactly("10.0.0.1 n2");
    }

    @Test
    void swapAddressesBetweenNodes() {
      String before = merge("", List.of(N1, N2));

      assertThat(
              mappings(
                  merge(before, List.of(withIps("n1", "10.0.0.2"), withIps("n2", "10.0.0.1")))))
          .containsExactly("10.0.0.1 n2", "10.0.0.2 n1");
    }
  }

  @Nested
  class SomebodyElsesLines {

    @Test
    void stayToTheLetterAndInPlace() {
      String users = "# top\n\n 1.2.3.4\tregistry  mirror # why\nnonsense\n::5 v6\n";

      String merged = merge(users, List.of(N1));
      String withMore = merge(merged + "172.18.0.1 host.k3d.internal\n# end", List.of(N1, N2));

      assertThat(withMore).startsWith(users).endsWith("\n172.18.0.1 host.k3d.internal\n# end");
      assertThat(merge(withMore, List.of()))
          .isEqualTo(users + "172.18.0.1 host.k3d.internal\n# end");
    }

    @Test
    void mayMapTheAddressOfANodeToAnotherName() {
      assertThat(mappings(merge("10.0.0.1 registry\n", List.of(N1))))
          .containsExactly("10.0.0.1 registry", "10.0.0.1 n1");
    }

    @Test
    void mayMapTheNameOfANodeOnceThereAreMarks() {
      String marked = merge("", List.of(N1)) + "10.9.9.9 n1\n";

      assertThat(mappings(merge(marked, List.of(N1, N2))))
          .containsExactly("10.0.0.1 n1", "10.0.0.2 n2", "10.9.9.9 n1");
    }

    @Test
    void stayIfTheyWereWrittenBetweenTheMarks() {
      String marked = merge("", List.of(N1, N2));
      String edited = marked.replace("10.0.0.2 n2", "# a note\n10.5.5.5 mine\n10.0.0.2 n2");

      String merged = merge(edited, List.of(withIps("n1", "10.0.0.8"), N2));

      assertThat(merged.lines().filter(it -> !it.startsWith("# plinth:")))
          .containsExactly("10.0.0.2 n2", "10.0.0.8 n1", "# a note", "10.5.5.5 mine");
    }

    @Test
    void stayIfAMarkWasLost() {
      String marked = merge("1.1.1.1 a\n", List.of(N1, N2)) + "2.2.2.2 b\n";
      String withoutEnd = marked.replace("# plinth: end of nodes\n", "");
      String withoutBegin = marked.replaceFirst("# plinth: nodes.*\n", "");

      for (String damaged : List.of(withoutEnd, withoutBegin)) {
        assertThat(mappings(merge(damaged, List.of(N1, N2))))
            .containsExactly("1.1.1.1 a", "2.2.2.2 b", "10.0.0.1 n1", "10.0.0.2 n2");
      }
    }

    @Test
    void stayIfAnEditorChangedTheNewlines() {
      String windows = merge("1.1.1.1 a\n", List.of(N1, N2)).replace("\n", "\r\n");

      String merged = merge(windows, List.of(N2));

      assertThat(merged).startsWith("1.1.1.1 a\r\n");
      assertThat(mappings(merged)).containsExactly("1.1.1.1 a", "10.0.0.2 n2");
    }
  }

  @Nested
  class TakenOverFromK3s {

    @Test
    void areLinesOfNodesThatExistWithWhateverAddressInOldAndNewFormat() {
      String k3s = "10.0.0.1 n1\n10.0.0.3 n2 h2\n10.0.0.4 n2\n172.18.0.1 host.k3d.internal\n";

      assertThat(mappings(merge(k3s, List.of(N1, N2))))
          .containsExactly("172.18.0.1 host.k3d.internal", "10.0.0.1 n1", "10.0.0.2 n2");
    }

    @Test
    void areNoLinesThatK3sWouldNotWrite() {
      String users = "10.0.0.9 n1 # mine\n10.0.0.9  n1\n10.0.0.9 n1 a b\n";

      assertThat(merge(users, List.of(N1))).startsWith(users);
    }

    @Test
    void isALineOfANodeCalledLocalhost() {
      NodeAddresses localhost = withIps("localhost", "10.0.0.1");

      assertThat(mappings(merge("10.0.0.1 localhost\n", List.of(localhost)))).isEmpty();
    }
  }

  /** The lines that are neither empty nor a comment, which is all that CoreDNS reads. */
  private static List<String> mappings(String text) {
    return text.lines().filter(it -> !it.isBlank() && !it.startsWith("#")).toList();
  }
}
