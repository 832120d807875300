package dev.plinth.testkit.addons;

import dev.plinth.addon.Addon;
import dev.plinth.addon.AddonContext;
import dev.plinth.addon.FunctionalProbe;
import dev.plinth.addon.PackagedManifest;
import dev.plinth.config.ServerConfig;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** An add-on that becomes ready and does everything else wrong. */
public final class WrongAddon implements Addon {

  private static final String MANIFEST =
      """
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: wrong, namespace: kube-system}
      ---
      apiVersion: apps/v1
      kind: DaemonSet
      metadata: {name: wrong, namespace: kube-system}
      spec:
        selector: {matchLabels: {app: wrong}}
        template:
          metadata: {labels: {app: wrong}}
          spec: {containers: [{name: wrong, image: "docker.io/example/wrong:1"}]}
      """;

  @Override
  public String name() {
    return "wrong";
  }

  @Override
  public String description() {
    return " ";
  }

  @Override
  public List<PackagedManifest> manifests(ServerConfig config) {
    boolean ipv6 = config.clusterDns().get(0).contains(":");
    return List.of(new PackagedManifest("wrong.yaml", ipv6 ? MANIFEST + "---\n[" : MANIFEST));
  }

  /** Makes what {@link #cleanUp} forgets. */
  @Override
  public void prepare(AddonContext context) {
    context
        .client()
        .resource(
            new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace("kube-system")
                .withName("wrong-leftover")
                .endMetadata()
                .build())
        .fieldManager(context.fieldManager())
        .serverSideApply();
  }

  @Override
  public Optional<FunctionalProbe> probe() {
    return Optional.of(
        context -> {
          edit(configMap(context.client(), "kube-system", "wrong"));
          return Optional.empty();
        });
  }

  /** Touches what is none of its. */
  @Override
  public void deleteProtected(AddonContext context) {
    configMap(context.client(), "kube-system", "wrong-leftover").delete();
    Resource<ConfigMap> ofUser = configMap(context.client(), "default", "kit-user");
    if (!ofUser.get().getData().containsKey("touched")) {
      edit(ofUser);
    }
  }

  private static Resource<ConfigMap> configMap(
      KubernetesClient client, String namespace, String name) {
    return client.configMaps().inNamespace(namespace).withName(name);
  }

  private static void edit(Resource<ConfigMap> configMap) {
    configMap.edit(
        it ->
            new ConfigMapBuilder(it)
                .addToData(Map.of("touched", UUID.randomUUID().toString()))
                .build());
  }
}
