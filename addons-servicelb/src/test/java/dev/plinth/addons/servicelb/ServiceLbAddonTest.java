package dev.plinth.addons.servicelb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plinth.addon.AddonCatalog;
import dev.plinth.addon.Slot;
import dev.plinth.config.ConfigurationException;
import dev.plinth.config.ConfigurationReader;
import dev.plinth.config.ServerConfig;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class ServiceLbAddonTest {

  private final ServiceLbAddon addon = new ServiceLbAddon();

  @Test
  void is_found_and_fills_the_slot_of_the_load_balancer_with_its_class() {
    assertThat(AddonCatalog.discover().find("servicelb")).containsInstanceOf(ServiceLbAddon.class);
    assertThat(addon.slot()).contains(Slot.LOAD_BALANCER);
    assertThat(addon.provides()).containsExactly("plinth.dev/servicelb");
    assertThat(addon.manifests(config().build())).isEmpty();
  }

  @Test
  void its_image_comes_from_the_default_registry() {
    assertThat(addon.images(config().build())).containsExactly("rancher/klipper-lb:v0.4.17");
    assertThat(addon.images(config().systemDefaultRegistry("registry.example:5000").build()))
        .containsExactly("registry.example:5000/rancher/klipper-lb:v0.4.17");
  }

  @Test
  void its_namespace_is_k3s_flag() {
    ConfigurationReader reader =
        ConfigurationReader.of(List.of(addon)).withDefaultDataDir(Path.of("unused"));

    assertThat(ServiceLbSettings.of(reader.read("--node-name=n")).namespace())
        .isEqualTo("kube-system");
    assertThat(
            ServiceLbSettings.of(reader.read("--node-name=n", "--servicelb-namespace=lb"))
                .namespace())
        .isEqualTo("lb");
    assertThat(ServiceLbSettings.NAMESPACE.mustAgree()).isTrue();
    assertThatThrownBy(() -> reader.read("--node-name=n", "--servicelb-namespace=No"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("found 'No', expected the name of a namespace");
  }

  @Test
  void what_is_kept_in_memory_is_small_and_kept_again_the_same() {
    Node node =
        new NodeBuilder(Objects.node("n", "InternalIP=10.0.0.1"))
            .editMetadata()
            .addToLabels("other", "label")
            .addToLabels("svccontroller.k3s.cattle.io/enablelb", "true")
            .endMetadata()
            .editStatus()
            .addNewImage()
            .addToNames("image")
            .endImage()
            .endStatus()
            .build();
    Pod pod =
        new PodBuilder(Objects.readyPod("n"))
            .editSpec()
            .addNewVolume()
            .endVolume()
            .endSpec()
            .build();
    Service internal =
        new ServiceBuilder(Objects.service("web").build())
            .editSpec()
            .withType("ClusterIP")
            .endSpec()
            .build();

    assertThat(Trimmed.node(node).getMetadata().getLabels())
        .containsOnlyKeys("svccontroller.k3s.cattle.io/enablelb");
    assertThat(Trimmed.node(node).getStatus().getImages()).isEmpty();
    assertThat(Trimmed.pod(pod).getSpec().getVolumes()).isEmpty();
    assertThat(Trimmed.service(internal).getSpec().getPorts()).isEmpty();
    assertIdempotent(node, Trimmed::node);
    assertIdempotent(pod, Trimmed::pod);
    assertIdempotent(Objects.pendingPod("n", "no"), Trimmed::pod);
    assertIdempotent(internal, Trimmed::service);
    assertIdempotent(Objects.service("web").build(), Trimmed::service);
    assertIdempotent(Objects.slice("n", true, "Pod"), Trimmed::endpointSlice);
  }

  private static <T extends HasMetadata> void assertIdempotent(T object, UnaryOperator<T> trim) {
    assertThat(trim.apply(trim.apply(object))).isEqualTo(trim.apply(object));
  }

  private static ServerConfig.Builder config() {
    return ServerConfig.builder().dataDir(Path.of("unused")).nodeName("n");
  }
}
