package dev.plinth.addons.coredns;

import static dev.plinth.addons.coredns.Nodes.node;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.net.InetAddresses;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NodeAddressesTest {

  @Test
  void takesTheLastInternalAddressOfEachFamilyAndTheLastHostname() {
    Node node =
        node(
            "n1",
            "Hostname=first",
            "InternalIP=10.0.0.1",
            "InternalIP=fd00::1",
            "ExternalIP=203.0.113.1",
            "InternalIP=10.0.0.2",
            "InternalIP=fd00::2",
            "InternalDNS=n1.internal",
            "Hostname=last");

    assertThat(NodeAddresses.of(node))
        .isEqualTo(
            new NodeAddresses(
                "n1",
                List.of("n1", "last"),
                List.of(InetAddresses.forString("10.0.0.2"), InetAddresses.forString("fd00::2"))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"n1", "N1", "localhost", "localhost.localdomain", "a b", "# x", ""})
  void doesNotMapAHostnameThatAddsNothingOrWouldHarm(String hostname) {
    assertThat(NodeAddresses.of(node("n1", "Hostname=" + hostname)).names()).containsExactly("n1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "localhost.localdomain",
        "localhost4",
        "ip6-localhost",
        "x.localhost"
      })
  void neverMapsLocalhostEvenIfANodeIsCalledSo(String name) {
    assertThat(NodeAddresses.of(node(name, "InternalIP=10.0.0.1", "Hostname=real")).names())
        .containsExactly("real");
  }

  @Test
  void mapsANameThatOnlyContainsLocalhost() {
    assertThat(NodeAddresses.of(node("my-localhost-1")).names()).containsExactly("my-localhost-1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "::1",
        "0.0.0.0",
        "::",
        "fe80::1%eth0",
        "10.0.0",
        "n2",
        "",
        "10.0.0.1\n::2 x"
      })
  void leavesOutWhatIsNoAddressOfTheNode(String address) {
    assertThat(NodeAddresses.of(node("n1", "InternalIP=" + address)).addresses()).isEmpty();
  }

  @Test
  void hasNothingOfANodeThatIsBeingDeleted() {
    Node leaving =
        new NodeBuilder(node("n1", "InternalIP=10.0.0.1"))
            .editMetadata()
            .withDeletionTimestamp("2026-01-01T00:00:00Z")
            .endMetadata()
            .build();

    assertThat(NodeAddresses.of(leaving)).isEqualTo(new NodeAddresses("n1", List.of(), List.of()));
  }

  @Test
  void hasNoAddressOfANodeWithoutStatus() {
    assertThat(NodeAddresses.of(node("n1")).addresses()).isEmpty();
  }

  @Test
  void isTheSameForANodeOfWhichTheCacheKeepsLess() {
    Node full =
        new NodeBuilder(node("n1", "InternalIP=10.0.0.1", "Hostname=h1"))
            .editMetadata()
            .addToLabels("a", "b")
            .endMetadata()
            .editStatus()
            .addNewImage()
            .withNames("image")
            .endImage()
            .endStatus()
            .build();
    TrimmedNodeStore store = new TrimmedNodeStore();

    store.put("n1", full);

    Node kept = store.get("n1");
    assertThat(kept.getStatus().getImages()).isEmpty();
    assertThat(kept.getMetadata().getLabels()).isEmpty();
    assertThat(NodeAddresses.of(kept)).isEqualTo(NodeAddresses.of(full));
  }
}
