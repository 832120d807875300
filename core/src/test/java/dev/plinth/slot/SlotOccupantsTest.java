package dev.plinth.slot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.FakeApiServer;
import dev.plinth.addon.Addon;
import dev.plinth.addon.AddonCatalog;
import dev.plinth.addon.Selection;
import dev.plinth.addon.Slot;
import dev.plinth.cluster.ClusterApi;
import dev.plinth.config.ServerConfig;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SlotOccupantsTest {

  private static final String SERVICES = "/api/v1/services";
  private static final String DEPLOYMENTS = "/apis/apps/v1/namespaces/kube-system/deployments";
  private static final String CLASSES = "/apis/networking.k8s.io/v1/ingressclasses";

  private final FakeApiServer server = new FakeApiServer();
  private final KubernetesClient client = server.client();

  @AfterEach
  void close() {
    client.close();
    server.close();
  }

  @Test
  void a_service_of_somebody_else_at_the_dns_address_is_told_with_the_way_out() {
    server.on(
        "GET",
        SERVICES,
        200,
        """
        {"items":[{"metadata":{"name":"dns","namespace":"other"},
          "spec":{"clusterIPs":["10.43.0.10"]}}]}
        """);

    assertThat(warnings(Slot.DNS))
        .containsExactly(
            "slot dns: Service other/dns has the cluster DNS address 10.43.0.10, besides add-on"
                + " 'mine'; keep one of them: --disable mine, or take the other away");
  }

  @Test
  void a_deployment_behind_the_addons_own_service_is_told_and_its_own_is_not() {
    server.on(
        "GET",
        SERVICES,
        200,
        """
        {"items":[{"metadata":{"name":"dns","namespace":"kube-system",
          "labels":{"plinth.dev/addon":"mine"}},
          "spec":{"clusterIPs":["10.43.0.10"],"selector":{"k8s-app":"dns"}}}]}
        """);
    server.on(
        "GET",
        DEPLOYMENTS,
        200,
        """
        {"items":[
          {"metadata":{"name":"own","namespace":"kube-system","labels":{"plinth.dev/addon":"mine"}},
            "spec":{"template":{"metadata":{"labels":{"k8s-app":"dns"}}}}},
          {"metadata":{"name":"foreign","namespace":"kube-system"},
            "spec":{"template":{"metadata":{"labels":{"k8s-app":"dns","more":"x"}}}}},
          {"metadata":{"name":"of-k3s","namespace":"kube-system",
            "labels":{"objectset.rio.cattle.io/hash":"abc"}},
            "spec":{"template":{"metadata":{"labels":{"k8s-app":"dns"}}}}},
          {"metadata":{"name":"unrelated","namespace":"kube-system"},
            "spec":{"template":{"metadata":{"labels":{"k8s-app":"web"}}}}}]}
        """);

    assertThat(warnings(Slot.DNS))
        .singleElement()
        .asString()
        .startsWith("slot dns: Deployment kube-system/foreign has pods behind Service");
  }

  @Test
  void a_default_ingress_class_of_another_controller_is_told() {
    server.on(
        "GET",
        CLASSES,
        200,
        """
        {"items":[
          {"metadata":{"name":"own","annotations":{"ingressclass.kubernetes.io/is-default-class":"true"}},
            "spec":{"controller":"example.org/mine"}},
          {"metadata":{"name":"nginx","annotations":{"ingressclass.kubernetes.io/is-default-class":"true"}},
            "spec":{"controller":"k8s.io/ingress-nginx"}},
          {"metadata":{"name":"no-default"},"spec":{"controller":"example.org/other"}}]}
        """);

    assertThat(warnings(Slot.INGRESS))
        .singleElement()
        .asString()
        .startsWith(
            "slot ingress: IngressClass nginx of controller k8s.io/ingress-nginx is a default");
  }

  @Test
  void a_metallb_that_runs_and_serves_services_without_a_class_is_told() {
    server.on("GET", "/apis/metallb.io", 200, "{\"kind\":\"APIGroup\"}");
    server.on(
        "GET",
        "/apis/apps/v1/deployments",
        200,
        """
        {"items":[
          {"metadata":{"name":"controller","namespace":"metallb-system"},"status":{"readyReplicas":1},
            "spec":{"template":{"spec":{"containers":[{"args":["--port=7472"]}]}}}},
          {"metadata":{"name":"classy","namespace":"metallb-system"},"status":{"readyReplicas":1},
            "spec":{"template":{"spec":{"containers":[{"args":["--lb-class=x"]}]}}}},
          {"metadata":{"name":"asleep","namespace":"metallb-system"},"status":{}}]}
        """);

    assertThat(warnings(Slot.LOAD_BALANCER))
        .singleElement()
        .asString()
        .startsWith("slot load-balancer: MetalLB runs, as Deployment metallb-system/controller");
  }

  @Test
  void a_missing_right_to_look_is_a_warning_with_the_rule() {
    server.on(
        "GET",
        CLASSES,
        403,
        """
        {"kind":"Status","code":403,"message":"ingressclasses is forbidden: User \\"p\\" cannot list
         resource \\"ingressclasses\\" in API group \\"networking.k8s.io\\" at the cluster scope"}
        """
            .replace("list\n ", "list "));

    assertThat(warnings(Slot.INGRESS))
        .containsExactly(
            "slot ingress: whether there is something else besides add-on 'mine' cannot be told: p"
                + " needs the rule {apiGroups: [\"networking.k8s.io\"], resources:"
                + " [\"ingressclasses\"], verbs: [\"list\"]}");
  }

  @Test
  void nothing_is_asked_for_slots_that_no_enabled_addon_fills() {
    Selection disabled =
        Selection.of(
            AddonCatalog.of(new Filler(Slot.DNS)), config().disable("mine").build(), Set.of());

    assertThat(occupants(disabled).warnings()).isEmpty();
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void an_empty_cluster_has_no_occupants() {
    for (Slot slot : Slot.values()) {
      assertThat(warnings(slot)).isEmpty();
    }
  }

  private List<String> warnings(Slot slot) {
    return occupants(Selection.of(AddonCatalog.of(new Filler(slot)), config().build(), Set.of()))
        .warnings();
  }

  private SlotOccupants occupants(Selection selection) {
    return new SlotOccupants(new ClusterApi(client, "plinth"), config().build(), selection);
  }

  private static ServerConfig.Builder config() {
    return ServerConfig.builder().dataDir(Path.of("unused")).nodeName("n1");
  }

  private record Filler(Slot filled) implements Addon {

    @Override
    public String name() {
      return "mine";
    }

    @Override
    public String description() {
      return "for tests";
    }

    @Override
    public Optional<Slot> slot() {
      return Optional.of(filled);
    }

    @Override
    public Set<String> provides() {
      return Set.of("example.org/mine");
    }
  }
}
