package dev.plinth.controlplane;

import io.fabric8.kubernetes.api.model.Taint;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A node without a machine. Pods are scheduled to it by the real scheduler, and are reported as
 * running (and ready, and complete for jobs) although nothing runs.
 *
 * @param name name of the Node
 * @param addresses addresses in the order of the Node's status; the host name needs not be given
 * @param labels labels besides {@code kubernetes.io/hostname}, {@code kubernetes.io/os} and {@code
 *     kubernetes.io/arch}, which every node has
 * @param taints taints besides those of the node life cycle
 */
public record SimulatedNode(
    String name, List<Address> addresses, Map<String, String> labels, List<Taint> taints) {

  /** What an address is for, by its name in the Node's status. */
  public enum AddressType {
    INTERNAL_IP("InternalIP"),
    EXTERNAL_IP("ExternalIP"),
    HOSTNAME("Hostname");

    private final String value;

    AddressType(String value) {
      this.value = value;
    }

    String value() {
      return value;
    }
  }

  /**
   * An address of a node.
   *
   * @param type what it is for
   * @param address an IP address of either family, or a host name
   */
  public record Address(AddressType type, String address) {
    public Address {
      Objects.requireNonNull(type, "type");
      Objects.requireNonNull(address, "address");
    }
  }

  public SimulatedNode {
    Objects.requireNonNull(name, "name");
    addresses = List.copyOf(addresses);
    labels = Map.copyOf(labels);
    taints = List.copyOf(taints);
  }

  /** A node that has a name only. */
  public static SimulatedNode named(String name) {
    return new SimulatedNode(name, List.of(), Map.of(), List.of());
  }

  /**
   * The node {@code node-<number>} with the internal address {@code 172.31.x.y} made of its number.
   *
   * @param number 1 to 65534
   */
  public static SimulatedNode numbered(int number) {
    if (number < 1 || number > 65534) {
      throw new IllegalArgumentException("Nodes are numbered from 1 to 65534, not " + number);
    }
    return named("node-" + number)
        .withInternalIp(String.format("172.31.%d.%d", number >> 8, number & 0xff));
  }

  /** This node with one more address of type InternalIP. */
  public SimulatedNode withInternalIp(String address) {
    return withAddress(AddressType.INTERNAL_IP, address);
  }

  /** This node with one more address of type ExternalIP. */
  public SimulatedNode withExternalIp(String address) {
    return withAddress(AddressType.EXTERNAL_IP, address);
  }

  /** This node with one more address. */
  public SimulatedNode withAddress(AddressType type, String address) {
    List<Address> all = new ArrayList<>(addresses);
    all.add(new Address(type, address));
    return new SimulatedNode(name, all, labels, taints);
  }

  /** This node with other addresses. */
  public SimulatedNode withAddresses(List<Address> replacement) {
    return new SimulatedNode(name, replacement, labels, taints);
  }

  /** This node with a label added or changed. */
  public SimulatedNode withLabel(String key, String value) {
    Map<String, String> all = new LinkedHashMap<>(labels);
    all.put(key, value);
    return new SimulatedNode(name, addresses, all, taints);
  }

  /**
   * This node with one more taint.
   *
   * @param effect {@code NoSchedule}, {@code PreferNoSchedule} or {@code NoExecute}
   */
  public SimulatedNode withTaint(String key, String value, String effect) {
    List<Taint> all = new ArrayList<>(taints);
    all.add(new Taint(effect, key, null, value));
    return new SimulatedNode(name, addresses, labels, all);
  }
}
