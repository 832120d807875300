package dev.plinth.addons.servicelb;

import static java.util.Objects.requireNonNull;

/**
 * What keeps a Service from being served, wholly or in part.
 *
 * @param reason one word in CamelCase, as in a condition
 * @param message what is wrong, where, and what can be done; one line
 */
record Problem(String reason, String message) {

  static final String INVALID_SOURCE_RANGES = "InvalidSourceRanges";
  static final String INVALID_TOLERATIONS = "InvalidTolerations";
  static final String NO_NODE_PORT = "NoNodePort";
  static final String DAEMON_SET_REFUSED = "DaemonSetRefused";
  static final String PODS_REFUSED = "PodsRefused";
  static final String NO_NODE = "NoNode";
  static final String NO_NODE_ENABLED = "NoNodeEnabled";
  static final String NO_NODE_IN_POOL = "NoNodeInPool";
  static final String NO_SCHEDULABLE_NODE = "NoSchedulableNode";
  static final String NO_LOCAL_ENDPOINT = "NoLocalEndpoint";
  static final String HOST_PORT_TAKEN = "HostPortTaken";
  static final String UNSCHEDULABLE = "Unschedulable";
  static final String SYSCTL_FORBIDDEN = "SysctlForbidden";
  static final String IMAGE_PULL_FAILED = "ImagePullFailed";
  static final String CONTAINER_FAILED = "ContainerFailed";

  Problem {
    requireNonNull(reason, "reason");
    requireNonNull(message, "message");
  }
}
