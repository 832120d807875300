package dev.plinth.addons.servicelb;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.Test;

class OwnershipTest {

  private static final String FINALIZER =
      "{\"f:metadata\":{\"f:finalizers\":{\".\":{},\"v:\\\"service.kubernetes.io/load-balancer-cleanup\\\"\":{}}}}";
  private static final String ADDRESSES = "{\"f:status\":{\"f:loadBalancer\":{\"f:ingress\":{}}}}";
  private static final String SPEC = "{\"f:spec\":{\"f:ports\":{}}}";

  @Test
  void a_finalizer_is_ours_if_we_or_k3s_wrote_it() {
    assertThat(Ownership.ofFinalizer(service(entry("plinth-servicelb", "Apply", "", FINALIZER))))
        .isTrue();
    assertThat(Ownership.ofFinalizer(service(entry("k3s", "Update", "", FINALIZER)))).isTrue();
    assertThat(Ownership.ofFinalizer(service(entry("other-cloud", "Update", "", FINALIZER))))
        .isFalse();
    assertThat(Ownership.ofFinalizer(service(entry("plinth-servicelb", "Apply", "", SPEC))))
        .isFalse();
    assertThat(Ownership.ofFinalizer(service())).isFalse();
  }

  @Test
  void addresses_are_ours_if_we_or_k3s_wrote_them() {
    assertThat(Ownership.ofAddresses(service(entry("k3s", "Update", "status", ADDRESSES))))
        .isTrue();
    assertThat(Ownership.ofAddresses(service(entry("metallb", "Update", "status", ADDRESSES))))
        .isFalse();
    assertThat(Ownership.ofStatus(service(entry("plinth-servicelb", "Apply", "status", "{}"))))
        .isTrue();
    assertThat(Ownership.ofStatus(service(entry("k3s", "Update", "status", "{}")))).isFalse();
  }

  @Test
  void what_k3s_wrote_becomes_ours_and_what_else_it_declares_stays_its_own() {
    ManagedFieldsEntry spec = entry("k3s", "Update", "", SPEC);
    ManagedFieldsEntry user = entry("kubectl", "Update", "", FINALIZER);

    assertThat(Ownership.takenOver(service(entry("k3s", "Update", "", FINALIZER), user)))
        .hasValueSatisfying(
            it ->
                assertThat(it)
                    .containsExactly(entry("plinth-servicelb", "Apply", "", FINALIZER), user));
    assertThat(Ownership.takenOver(service(spec))).isEmpty();
    assertThat(Ownership.takenOver(service(user))).isEmpty();
  }

  @Test
  void an_entry_of_ours_is_not_doubled_by_a_takeover() {
    ManagedFieldsEntry ours = entry("plinth-servicelb", "Apply", "status", ADDRESSES);

    assertThat(Ownership.takenOver(service(entry("k3s", "Update", "status", ADDRESSES), ours)))
        .hasValueSatisfying(it -> assertThat(it).containsExactly(ours));
  }

  private static Service service(ManagedFieldsEntry... entries) {
    return new ServiceBuilder()
        .withNewMetadata()
        .withName("web")
        .withFinalizers("service.kubernetes.io/load-balancer-cleanup")
        .withManagedFields(entries)
        .endMetadata()
        .build();
  }

  private static ManagedFieldsEntry entry(
      String manager, String operation, String subresource, String fields) {
    return Serialization.unmarshal(
        "{\"manager\":\"%s\",\"operation\":\"%s\",\"subresource\":%s,\"fieldsV1\":%s}"
            .formatted(
                manager,
                operation,
                subresource.isEmpty() ? "null" : "\"" + subresource + "\"",
                fields),
        ManagedFieldsEntry.class);
  }
}
