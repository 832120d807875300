package dev.plinth.addon;

import java.util.Locale;

/** A role in the cluster that one add-on at most can fill. */
public enum Slot {
  /** Cluster DNS, behind the cluster's DNS address. */
  DNS,
  /**
   * The default ingress controller. The name of its controller, as IngressClasses have it in {@code
   * spec.controller}, is among what the add-on provides.
   */
  INGRESS,
  /**
   * What gives Services of type LoadBalancer an address. The load-balancer classes that it serves
   * besides Services without a class are among what the add-on provides.
   */
  LOAD_BALANCER;

  /** The slot's name in messages and documentation, e.g. {@code load-balancer}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
