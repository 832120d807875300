package dev.plinth.addons.servicelb;

/** What is written in labels, annotations and names: K3s's where K3s has one, for its users. */
final class Names {

  private static final String K3S = "svccontroller.k3s.cattle.io/";

  /** Label of a DaemonSet: whether its nodes are opted in, {@code true} or {@code false}. */
  static final String NODES_OPTED_IN = K3S + "nodeselector";

  /** Label of a DaemonSet and its pods: the name of the Service they are for. */
  static final String SERVICE_NAME = K3S + "svcname";

  /** Label of a DaemonSet and its pods: the namespace of the Service they are for. */
  static final String SERVICE_NAMESPACE = K3S + "svcnamespace";

  /** Label of a node; as soon as one node has it, only those with the value {@code true} serve. */
  static final String ENABLE_LB = K3S + "enablelb";

  /** Label of a Service and of nodes: the pool of nodes that serves it. */
  static final String POOL = K3S + "lbpool";

  /** Prefix of a node's label that has the pool in its name, so that it can be in several. */
  static final String POOL_PREFIX = "lbpool." + K3S;

  /** Annotation of a Service: the priority class of its pods. */
  static final String PRIORITY_CLASS = K3S + "priorityclassname";

  /** Annotation of a Service: more tolerations of its pods, as JSON or YAML. */
  static final String TOLERATIONS = K3S + "tolerations";

  /** Annotation of a Service, of Kubernetes: who may reach it, where the field is not set. */
  static final String SOURCE_RANGES = "service.beta.kubernetes.io/load-balancer-source-ranges";

  /** Finalizer that every load balancer of Kubernetes uses: the name does not tell whose it is. */
  static final String FINALIZER = "service.kubernetes.io/load-balancer-cleanup";

  /** Label of an endpoint slice, of Kubernetes: the Service it belongs to. */
  static final String SLICE_SERVICE = "kubernetes.io/service-name";

  /** The load-balancer class that is served besides Services without a class. */
  static final String LOAD_BALANCER_CLASS = "plinth.dev/servicelb";

  /** Type of the condition that says whether a Service has an address, and if not, why. */
  static final String CONDITION = "plinth.dev/LoadBalancerReady";

  /** Label of what an add-on has made. */
  static final String ADDON = "plinth.dev/addon";

  /** Annotation: hash of the declaration that was applied last. */
  static final String APPLIED = "plinth.dev/applied";

  /** The service account of the pods. */
  static final String SERVICE_ACCOUNT = "svclb";

  /** How the names of DaemonSets begin. */
  static final String DAEMON_SET_PREFIX = "svclb-";

  /** The type of Services that are served. */
  static final String LOAD_BALANCER = "LoadBalancer";

  private Names() {}
}
