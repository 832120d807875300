package dev.plinth.addons.servicelb;

import static dev.plinth.addons.servicelb.Objects.service;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.NodeSelectorTerm;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetBuilder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DesiredDaemonSetTest {

  private static final ServiceLbSettings SETTINGS =
      new ServiceLbSettings("kube-system", "rancher/klipper-lb:v1");

  @ParameterizedTest
  @CsvSource({
    "a-service, svclb-a-service-35a5ccb3",
    "a-service-with-a-very-veeeeeery-long-yet-valid-name,"
        + " svclb-a-service-with-a-very-veeeeeery-long-yet-valid-n-35a5ccb3",
    "a-service-with-a-name-with-inconvenient------------hypens,"
        + " svclb-a-service-with-a-name-with-inconvenient-35a5ccb3"
  })
  void its_name_is_the_services_cut_to_fit_with_the_begin_of_the_uid(String name, String expected) {
    assertThat(DesiredDaemonSet.name(service(name).build())).isEqualTo(expected);
    assertThat(DesiredDaemonSet.name(service("s".repeat(63)).build())).hasSize(63);
  }

  @Test
  void everything_around_the_containers_is_k3s() throws Exception {
    DaemonSet daemonSet = of(service("web"));

    assertThat(daemonSet.getMetadata().getNamespace()).isEqualTo("kube-system");
    assertThat(daemonSet.getMetadata().getLabels())
        .containsEntry("svccontroller.k3s.cattle.io/nodeselector", "false")
        .containsEntry("svccontroller.k3s.cattle.io/svcname", "web")
        .containsEntry("svccontroller.k3s.cattle.io/svcnamespace", "default");
    assertThat(daemonSet.getMetadata().getOwnerReferences()).isEmpty();
    assertThat(daemonSet.getSpec().getSelector().getMatchLabels())
        .containsOnlyKeys("app")
        .containsValue("svclb-web-35a5ccb3");
    assertThat(daemonSet.getSpec().getTemplate().getMetadata().getLabels())
        .containsOnlyKeys(
            "app",
            "svccontroller.k3s.cattle.io/svcname",
            "svccontroller.k3s.cattle.io/svcnamespace");
    assertThat(daemonSet.getSpec().getUpdateStrategy().getRollingUpdate().getMaxUnavailable())
        .isEqualTo(new IntOrString(1));
    PodSpec pod = daemonSet.getSpec().getTemplate().getSpec();
    assertThat(pod.getServiceAccountName()).isEqualTo("svclb");
    assertThat(pod.getAutomountServiceAccountToken()).isFalse();
    assertThat(pod.getPriorityClassName()).isEqualTo("system-node-critical");
    assertThat(pod.getHostNetwork()).isNull();
    assertThat(pod.getNodeSelector()).isNullOrEmpty();
    assertThat(pod.getAffinity()).isNull();
    assertThat(pod.getTolerations())
        .extracting(it -> it.getKey(), it -> it.getOperator(), it -> it.getEffect())
        .containsExactly(
            tuple("node-role.kubernetes.io/control-plane", "Exists", "NoSchedule"),
            tuple("CriticalAddonsOnly", "Exists", null));
  }

  @Test
  void there_is_one_container_for_each_port() throws Exception {
    List<Container> containers =
        containers(
            service("dns")
                .editSpec()
                .addNewPort()
                .withName("dns")
                .withPort(53)
                .withProtocol("UDP")
                .endPort()
                .endSpec());

    assertThat(containers).extracting(Container::getName).containsExactly("lb-tcp-80", "lb-udp-53");
    assertThat(containers.get(1).getImage()).isEqualTo("rancher/klipper-lb:v1");
    assertThat(containers.get(1).getImagePullPolicy()).isEqualTo("IfNotPresent");
    assertThat(containers.get(1).getPorts())
        .extracting(
            it -> it.getName(),
            it -> it.getContainerPort(),
            it -> it.getHostPort(),
            it -> it.getProtocol())
        .containsExactly(tuple("lb-udp-53", 53, 53, "UDP"));
    assertThat(containers.get(1).getSecurityContext().getCapabilities().getAdd())
        .containsExactly("NET_ADMIN");
  }

  @Test
  void with_policy_cluster_it_forwards_to_the_cluster_addresses() throws Exception {
    List<EnvVar> environment =
        containers(service("web").editSpec().withClusterIPs("10.43.0.7", "fd43::7").endSpec())
            .get(0)
            .getEnv();

    assertThat(environment)
        .extracting(EnvVar::getName, EnvVar::getValue)
        .containsExactly(
            tuple("SRC_PORT", "80"),
            tuple("SRC_RANGES", "0.0.0.0/0"),
            tuple("DEST_PROTO", "TCP"),
            tuple("DEST_PORT", "80"),
            tuple("DEST_IPS", "10.43.0.7,fd43::7"));
  }

  @Test
  void with_policy_local_it_forwards_to_the_node_port_of_its_node() throws Exception {
    Container container =
        containers(service("web").editSpec().withExternalTrafficPolicy("Local").endSpec()).get(0);

    assertThat(container.getPorts().get(0).getHostPort()).isEqualTo(80);
    assertThat(container.getEnv())
        .extracting(EnvVar::getName)
        .containsExactly("SRC_PORT", "SRC_RANGES", "DEST_PROTO", "DEST_PORT", "DEST_IPS");
    assertThat(container.getEnv().get(3).getValue()).isEqualTo("30080");
    assertThat(container.getEnv().get(4).getValueFrom().getFieldRef().getFieldPath())
        .isEqualTo("status.hostIPs");
  }

  @Test
  void with_policy_local_and_no_node_port_it_cannot_forward() {
    assertThatThrownBy(
            () ->
                of(
                    service("web")
                        .editSpec()
                        .withExternalTrafficPolicy("Local")
                        .editFirstPort()
                        .withNodePort(null)
                        .endPort()
                        .endSpec()))
        .isInstanceOf(InvalidServiceException.class)
        .hasMessageContaining("port 80 has no node port");
  }

  @Test
  void forwarding_is_switched_on_for_each_family() throws Exception {
    DaemonSet daemonSet = of(service("web").editSpec().withIpFamilies("IPv6", "IPv4").endSpec());

    assertThat(daemonSet.getSpec().getTemplate().getSpec().getSecurityContext().getSysctls())
        .extracting(it -> it.getName() + "=" + it.getValue())
        .containsExactly("net.ipv6.conf.all.forwarding=1", "net.ipv4.ip_forward=1");
  }

  @Test
  void an_annotation_names_the_priority_class_and_an_empty_one_none() throws Exception {
    assertThat(priorityClass("mine")).isEqualTo("mine");
    assertThat(priorityClass("")).isNull();
  }

  private static String priorityClass(String annotation) throws InvalidServiceException {
    return of(service("web")
            .editMetadata()
            .addToAnnotations("svccontroller.k3s.cattle.io/priorityclassname", annotation)
            .endMetadata())
        .getSpec()
        .getTemplate()
        .getSpec()
        .getPriorityClassName();
  }

  @Test
  void opt_in_is_a_node_selector_and_a_label() throws Exception {
    DaemonSet daemonSet = DesiredDaemonSet.of(service("web").build(), SETTINGS, true);

    assertThat(daemonSet.getMetadata().getLabels())
        .containsEntry("svccontroller.k3s.cattle.io/nodeselector", "true");
    assertThat(daemonSet.getSpec().getTemplate().getSpec().getNodeSelector())
        .containsOnlyKeys("svccontroller.k3s.cattle.io/enablelb")
        .containsValue("true");
  }

  @Test
  void a_pool_is_an_affinity_to_nodes_with_a_label_of_either_form() throws Exception {
    List<NodeSelectorTerm> terms =
        of(pool("pool-a"))
            .getSpec()
            .getTemplate()
            .getSpec()
            .getAffinity()
            .getNodeAffinity()
            .getRequiredDuringSchedulingIgnoredDuringExecution()
            .getNodeSelectorTerms();

    assertThat(terms)
        .flatExtracting(NodeSelectorTerm::getMatchExpressions)
        .extracting(it -> it.getKey(), it -> it.getOperator(), it -> it.getValues())
        .containsExactly(
            tuple("svccontroller.k3s.cattle.io/lbpool", "In", List.of("pool-a")),
            tuple("lbpool.svccontroller.k3s.cattle.io/pool-a", "In", List.of("true")));
    assertThat(of(pool("")).getSpec().getTemplate().getSpec().getAffinity()).isNull();
  }

  private static ServiceBuilder pool(String name) {
    return service("web")
        .editMetadata()
        .addToLabels("svccontroller.k3s.cattle.io/lbpool", name)
        .endMetadata();
  }

  @Test
  void it_is_up_to_date_with_the_servers_defaults_and_others_additions() throws Exception {
    DaemonSet declared = of(service("web"));
    DaemonSet live =
        new DaemonSetBuilder(declared)
            .editSpec()
            .editTemplate()
            .editSpec()
            .withDnsPolicy("ClusterFirst")
            .editFirstContainer()
            .withTerminationMessagePath("/dev/termination-log")
            .endContainer()
            .addNewContainer()
            .withName("sidecar")
            .endContainer()
            .endSpec()
            .endTemplate()
            .endSpec()
            .build();

    assertThat(DaemonSetWriter.isUpToDate(live, declared)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"image", "label", "earlier declaration", "missing variable"})
  void it_is_not_up_to_date_with_another(String difference) throws Exception {
    DaemonSet declared = of(service("web"));
    DaemonSet live = of(service("web"));
    Container container = live.getSpec().getTemplate().getSpec().getContainers().get(0);
    switch (difference) {
      case "image" -> container.setImage("other");
      case "label" ->
          live.getMetadata().getLabels().put("svccontroller.k3s.cattle.io/nodeselector", "true");
      case "earlier declaration" ->
          live.getMetadata().getAnnotations().put("plinth.dev/applied", "other");
      default -> container.setEnv(container.getEnv().subList(1, 5));
    }

    assertThat(DaemonSetWriter.isUpToDate(live, declared)).isFalse();
  }

  private static List<Container> containers(ServiceBuilder service) throws InvalidServiceException {
    return of(service).getSpec().getTemplate().getSpec().getContainers();
  }

  private static DaemonSet of(ServiceBuilder service) throws InvalidServiceException {
    Service built = service.build();
    return DesiredDaemonSet.of(built, SETTINGS, false);
  }
}
