package dev.plinth.addons.servicelb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.ServiceFluent;
import io.javaoperatorsdk.operator.api.reconciler.IndexedResourceCache;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OvertakenTest {

  private final Service looked =
      new ServiceBuilder()
          .withNewMetadata()
          .withNamespace("default")
          .withName("web")
          .withUid("1")
          .withResourceVersion("4")
          .endMetadata()
          .withNewSpec()
          .withType("LoadBalancer")
          .addNewPort()
          .withPort(80)
          .endPort()
          .endSpec()
          .build();

  @Test
  void our_own_write_is_no_change_of_somebody() {
    assertThat(
            isOvertaken(
                new ServiceBuilder(looked)
                    .editMetadata()
                    .withResourceVersion("5")
                    .addToFinalizers(Names.FINALIZER)
                    .addToLabels("somebody", "else")
                    .endMetadata()
                    .withNewStatus()
                    .withNewLoadBalancer()
                    .addNewIngress()
                    .withIp("10.0.0.1")
                    .endIngress()
                    .endLoadBalancer()
                    .endStatus()
                    .build()))
        .isFalse();
  }

  @Test
  void a_port_a_pool_a_type_and_a_deletion_are() {
    assertThat(isOvertaken(edited().editFirstPort().withPort(81).endPort().endSpec().build()))
        .isTrue();
    assertThat(isOvertaken(edited().withType("ClusterIP").endSpec().build())).isTrue();
    assertThat(
            isOvertaken(
                new ServiceBuilder(looked)
                    .editMetadata()
                    .addToLabels(Names.POOL, "a")
                    .endMetadata()
                    .build()))
        .isTrue();
    assertThat(
            isOvertaken(
                new ServiceBuilder(looked)
                    .editMetadata()
                    .addToAnnotations(Names.SOURCE_RANGES, "10.0.0.0/8")
                    .endMetadata()
                    .build()))
        .isTrue();
    assertThat(
            isOvertaken(
                new ServiceBuilder(looked)
                    .editMetadata()
                    .withDeletionTimestamp("2026-01-01T00:00:00Z")
                    .endMetadata()
                    .build()))
        .isTrue();
  }

  @Test
  void one_that_is_gone_is_told_of_by_its_own_event() {
    assertThat(isOvertaken(null)).isFalse();
  }

  private ServiceFluent<ServiceBuilder>.SpecNested<ServiceBuilder> edited() {
    return new ServiceBuilder(looked).editSpec();
  }

  @SuppressWarnings("unchecked")
  private boolean isOvertaken(Service now) {
    IndexedResourceCache<Service> cache = mock(IndexedResourceCache.class);
    when(cache.get(any())).thenReturn(Optional.ofNullable(now));
    return Overtaken.is(looked, cache);
  }
}
