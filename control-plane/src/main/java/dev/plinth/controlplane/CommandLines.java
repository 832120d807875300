package dev.plinth.controlplane;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The arguments of the components. Nothing secret is among them, for they can be seen by everybody.
 *
 * <p>The API server listens to a port of 127.0.0.1, and what plays the kubelets to one of an
 * address of the same network: neither can be reached from outside. etcd has a Unix socket in the
 * data directory, which keeps other users out without certificates. The socket's name is relative,
 * as the length of a socket's path is limited.
 */
final class CommandLines {
  private static final String ETCD_SOCKET = "unix://etcd.sock";

  private final Settings settings;
  private final DataDirectory data;
  private final Credentials credentials;

  CommandLines(Settings settings, DataDirectory data, Credentials credentials) {
    this.settings = settings;
    this.data = data;
    this.credentials = credentials;
  }

  /** Arguments of a component; those of the user are last, as the last of two flags decides. */
  List<String> arguments(Component component, int apiServerPort) throws IOException {
    List<String> arguments =
        new ArrayList<>(
            switch (component) {
              case ETCD -> etcd();
              case API_SERVER -> apiServer(apiServerPort);
              case CONTROLLER_MANAGER -> controllerManager();
              case SCHEDULER -> scheduler();
              case NODES -> nodes(apiServerPort);
            });
    arguments.addAll(settings.flags(component));
    return arguments;
  }

  private List<String> etcd() throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--data-dir=" + data.etcd(),
                "--listen-client-urls=" + ETCD_SOCKET,
                "--listen-peer-urls=unix://etcd-peer.sock",
                // Addresses of the only member, for others who do not exist: nobody listens there.
                "--advertise-client-urls=http://localhost:2379",
                "--initial-advertise-peer-urls=http://localhost:2380",
                "--log-level=warn"));
    if (!settings.fsync()) {
      arguments.add("--unsafe-no-fsync");
    }
    return arguments;
  }

  private List<String> apiServer(int port) throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--etcd-servers=" + ETCD_SOCKET,
                "--bind-address=127.0.0.1",
                "--secure-port=" + port,
                // Endpoints can not have loopback addresses, and nothing in this cluster could
                // reach them. The Service "kubernetes" is there all the same, and the address may
                // be of another family than it.
                "--advertise-address=127.0.0.1",
                "--endpoint-reconciler-type=none",
                "--kubelet-preferred-address-types=" + KubeletAddress.TYPE,
                "--cert-dir=" + data.pki(),
                "--token-auth-file=" + data.tokens(),
                "--service-account-issuer=https://kubernetes.default.svc",
                "--service-account-key-file=" + credentials.serviceAccountPublicKey(),
                "--service-account-signing-key-file=" + credentials.serviceAccountKey(),
                "--authorization-mode=RBAC",
                "--allow-privileged",
                "--profiling=false",
                "--service-cluster-ip-range=" + String.join(",", settings.serviceCidrs())));
    if (settings.audit()) {
      arguments.addAll(AuditLog.flags(data));
    }
    return arguments;
  }

  private List<String> controllerManager() throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--kubeconfig=" + data.kubeconfig(Component.CONTROLLER_MANAGER),
                "--secure-port=0",
                "--leader-elect=false",
                "--profiling=false",
                "--root-ca-file=" + credentials.authorityFile(),
                "--service-account-private-key-file=" + credentials.serviceAccountKey(),
                "--service-cluster-ip-range=" + String.join(",", settings.serviceCidrs()),
                "--allocate-node-cidrs=true",
                "--cluster-cidr=" + String.join(",", Cidrs.podCidrs(settings.serviceCidrs())),
                // Its own limit of 20 would make a thousand nodes wait for minutes.
                "--kube-api-qps=2000",
                "--kube-api-burst=4000"));
    arguments.addAll(Cidrs.nodeMaskFlags(settings.serviceCidrs()));
    return arguments;
  }

  private List<String> scheduler() throws IOException {
    return List.of(
        "--kubeconfig=" + data.kubeconfig(Component.SCHEDULER),
        "--secure-port=0",
        "--leader-elect=false",
        "--profiling=false",
        "--kube-api-qps=2000",
        "--kube-api-burst=4000");
  }

  private List<String> nodes(int apiServerPort) throws IOException {
    return List.of(
        "--kubeconfig=" + data.kubeconfig(Component.NODES),
        "--config=" + data.stages(),
        "--manage-all-nodes",
        "--node-lease-duration-seconds=40",
        "--cidr=" + Cidrs.podCidrs(settings.serviceCidrs()).get(0),
        // A port without an address would be served to the whole network.
        "--node-port=0",
        "--server-address=" + KubeletAddress.besideApiServer(apiServerPort).authority());
  }
}
