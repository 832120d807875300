package dev.plinth.config;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableSet;
import java.util.Map;
import java.util.Optional;

/**
 * The flags of {@code k3s server} (July 2026, hidden and deprecated ones included): enough of each
 * to tell its value from the next argument. Those that K3s has removed are unknown here as they are
 * there. Most have no effect here.
 */
final class K3sFlags {

  private static final ImmutableSet<String> SWITCHES =
      words(
          """
          alsologtostderr cluster-init cluster-reset debug disable-agent disable-apiserver
          disable-cloud-controller disable-controller-manager
          disable-default-registry-endpoint disable-etcd disable-helm-controller disable-kube-proxy
          disable-network-policy disable-scheduler docker embedded-registry
          enable-pprof etcd-disable-snapshots etcd-expose-metrics etcd-s3 etcd-s3-insecure
          etcd-s3-skip-ssl-verify etcd-snapshot-compress flannel-external-ip flannel-ipv6-masq
          kine-tls nonroot-devices prefer-bundled-bin protect-kernel-defaults rootless
          secrets-encryption selinux supervisor-metrics tls-san-security with-node-id
          """);

  private static final ImmutableSet<String> WITH_VALUE =
      words(
          """
          advertise-address advertise-port agent-token agent-token-file airgap-extra-registry
          apiserver-bind-address apiserver-port bind-address cluster-cidr cluster-dns
          cluster-domain cluster-reset-restore-path config
          container-runtime-endpoint data-dir datastore-cafile datastore-certfile
          datastore-endpoint datastore-keyfile default-local-storage-path default-runtime disable
          egress-selector-mode etcd-arg etcd-s3-access-key etcd-s3-bucket
          etcd-s3-bucket-lookup-type etcd-s3-config-secret etcd-s3-endpoint etcd-s3-endpoint-ca
          etcd-s3-folder etcd-s3-proxy etcd-s3-region etcd-s3-retention etcd-s3-secret-key
          etcd-s3-session-token etcd-s3-timeout etcd-snapshot-dir etcd-snapshot-name
          etcd-snapshot-reconcile-interval etcd-snapshot-retention etcd-snapshot-schedule-cron
          flannel-backend flannel-cni-conf flannel-conf flannel-iface helm-controller-arg
          helm-job-image https-listen-port image-credential-provider-bin-dir
          image-credential-provider-config image-service-endpoint kube-apiserver-arg
          kube-cloud-controller-arg kube-cloud-controller-manager-arg kube-controller-arg
          kube-controller-manager-arg kube-proxy-arg kube-scheduler-arg kubelet-arg lb-server-port
          log node-external-dns node-external-ip node-internal-dns node-ip node-label
          node-name node-taint pause-image private-registry resolv-conf secrets-encryption-provider
          server service-cidr service-node-port-range servicelb-namespace snapshotter
          supervisor-port system-default-registry tls-san token token-file v vmodule vpn-auth
          vpn-auth-file write-kubeconfig write-kubeconfig-group write-kubeconfig-mode
          """);

  private static final Map<String, String> BY_LETTER =
      Map.of(
          "c", "config",
          "d", "data-dir",
          "i", "node-ip",
          "l", "log",
          "o", "write-kubeconfig",
          "s", "server",
          "t", "token");

  private K3sFlags() {}

  /** All names, without dashes. */
  static ImmutableSet<String> names() {
    return ImmutableSet.<String>builder().addAll(SWITCHES).addAll(WITH_VALUE).build();
  }

  /** The long name behind a single letter; any other name is its own. */
  static String longName(String name) {
    return BY_LETTER.getOrDefault(name, name);
  }

  /** Whether a flag is a switch; empty if K3s has no such flag. */
  static Optional<Boolean> isSwitch(String longName) {
    return SWITCHES.contains(longName)
        ? Optional.of(true)
        : WITH_VALUE.contains(longName) ? Optional.of(false) : Optional.empty();
  }

  private static ImmutableSet<String> words(String text) {
    return ImmutableSet.copyOf(Splitter.onPattern("\\s+").omitEmptyStrings().splitToList(text));
  }
}
