package dev.plinth.addons.traefik;

import dev.plinth.helm.model.HelmChart;
import dev.plinth.helm.release.Release;
import dev.plinth.helm.release.ReleaseName;
import dev.plinth.helm.release.ReleaseStorage;
import dev.plinth.helm.release.StorageDriver;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** Looks for a Traefik in the cluster, where K3s has it. */
final class TraefikInCluster {

  static final String NAMESPACE = "kube-system";
  static final String NAME = "traefik";

  private final KubernetesClient client;

  TraefikInCluster(KubernetesClient client) {
    this.client = client;
  }

  /**
   * @throws io.fabric8.kubernetes.client.KubernetesClientException if it cannot be read
   */
  InstalledTraefik find() {
    Optional<Release> release = release();
    return new InstalledTraefik(
        image(),
        release.flatMap(Release::appVersion),
        release.map(Release::chartVersion),
        helmChart());
  }

  private Optional<String> image() {
    return Optional.ofNullable(
            client.apps().deployments().inNamespace(NAMESPACE).withName(NAME).get())
        .map(it -> it.getSpec().getTemplate())
        .or(
            () ->
                Optional.ofNullable(
                        client.apps().daemonSets().inNamespace(NAMESPACE).withName(NAME).get())
                    .map(it -> it.getSpec().getTemplate()))
        .flatMap(TraefikInCluster::image);
  }

  private static Optional<String> image(PodTemplateSpec template) {
    List<Container> containers = template.getSpec().getContainers();
    return containers.stream()
        .filter(it -> it.getName().equals(NAME))
        .findFirst()
        .or(() -> containers.stream().findFirst())
        .map(Container::getImage);
  }

  private Optional<Release> release() {
    // What is read has a time of its own; nothing is written.
    return new ReleaseStorage(client, StorageDriver.SECRET, InstantSource.system())
        .latest(new ReleaseName(NAMESPACE, NAME));
  }

  /** Empty too where HelmCharts are no kind of the server. */
  private Optional<String> helmChart() {
    return Optional.ofNullable(
            client.resources(HelmChart.class).inNamespace(NAMESPACE).withName(NAME).get())
        .flatMap(
            chart ->
                Optional.ofNullable(chart.getSpec())
                    .flatMap(
                        spec ->
                            Optional.ofNullable(spec.version())
                                .filter(it -> !it.isBlank())
                                .or(() -> Optional.ofNullable(spec.chart()))));
  }
}
