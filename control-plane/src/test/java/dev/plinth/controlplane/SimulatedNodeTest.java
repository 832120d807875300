package dev.plinth.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.controlplane.SimulatedNode.Address;
import dev.plinth.controlplane.SimulatedNode.AddressType;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SimulatedNodeTest {
  @Test
  void isPutTogetherStepByStep() {
    SimulatedNode node =
        SimulatedNode.named("n")
            .withInternalIp("10.0.0.1")
            .withExternalIp("2001:db8::1")
            .withLabel("a", "1")
            .withLabel("a", "2")
            .withTaint("t", "v", "NoExecute");

    assertThat(node.addresses())
        .containsExactly(
            new Address(AddressType.INTERNAL_IP, "10.0.0.1"),
            new Address(AddressType.EXTERNAL_IP, "2001:db8::1"));
    assertThat(node.labels()).containsOnly(Map.entry("a", "2"));
    assertThat(node.taints())
        .singleElement()
        .matches(taint -> taint.getKey().equals("t") && taint.getEffect().equals("NoExecute"));
  }

  @Test
  void aNumberMakesANameAndAnAddress() {
    assertThat(SimulatedNode.numbered(258).name()).isEqualTo("node-258");
    assertThat(SimulatedNode.numbered(258).addresses())
        .containsExactly(new Address(AddressType.INTERNAL_IP, "172.31.1.2"));
    assertThatThrownBy(() -> SimulatedNode.numbered(0))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
