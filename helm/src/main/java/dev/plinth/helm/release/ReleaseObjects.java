package dev.plinth.helm.release;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The objects of one kind that hold releases. */
interface ReleaseObjects {

  /** Where the text is in the object's data. */
  String KEY = "release";

  String SECRET_TYPE = "helm.sh/release.v1";

  /**
   * An object that holds a release.
   *
   * @param text for {@link ReleaseCodec}; never in messages
   */
  record StoredObject(ObjectMeta metadata, String text) {
    @Override
    public String toString() {
      return metadata.getNamespace() + "/" + metadata.getName();
    }
  }

  List<StoredObject> list(String namespace, Map<String, String> labels);

  Optional<StoredObject> get(String namespace, String name);

  /** Replaces the object if it is still of the same resource version. */
  void replace(StoredObject object);

  void delete(String namespace, String name);

  static ReleaseObjects of(KubernetesClient client, StorageDriver driver) {
    return switch (driver) {
      case SECRET -> new Secrets(client);
      case CONFIGMAP -> new ConfigMaps(client);
    };
  }

  private static ObjectMeta writable(ObjectMeta metadata) {
    return new ObjectMetaBuilder(metadata).withManagedFields(List.of()).build();
  }

  /** Secrets, whose data Kubernetes encodes once more. */
  record Secrets(KubernetesClient client) implements ReleaseObjects {
    @Override
    public List<StoredObject> list(String namespace, Map<String, String> labels) {
      return client.secrets().inNamespace(namespace).withLabels(labels).list().getItems().stream()
          .filter(secret -> SECRET_TYPE.equals(secret.getType()))
          .map(Secrets::stored)
          .toList();
    }

    @Override
    public Optional<StoredObject> get(String namespace, String name) {
      return Optional.ofNullable(client.secrets().inNamespace(namespace).withName(name).get())
          .map(Secrets::stored);
    }

    private static StoredObject stored(Secret secret) {
      String data = secret.getData() == null ? null : secret.getData().get(KEY);
      return new StoredObject(
          secret.getMetadata(),
          data == null ? "" : new String(Base64.getDecoder().decode(data), UTF_8));
    }

    @Override
    public void replace(StoredObject object) {
      client
          .resource(
              new SecretBuilder()
                  .withMetadata(writable(object.metadata()))
                  .withType(SECRET_TYPE)
                  .addToData(KEY, Base64.getEncoder().encodeToString(object.text().getBytes(UTF_8)))
                  .build())
          .update();
    }

    @Override
    public void delete(String namespace, String name) {
      client.secrets().inNamespace(namespace).withName(name).delete();
    }
  }

  /** ConfigMaps, which hold the text as it is. */
  record ConfigMaps(KubernetesClient client) implements ReleaseObjects {
    @Override
    public List<StoredObject> list(String namespace, Map<String, String> labels) {
      return client
          .configMaps()
          .inNamespace(namespace)
          .withLabels(labels)
          .list()
          .getItems()
          .stream()
          .map(ConfigMaps::stored)
          .toList();
    }

    @Override
    public Optional<StoredObject> get(String namespace, String name) {
      return Optional.ofNullable(client.configMaps().inNamespace(namespace).withName(name).get())
          .map(ConfigMaps::stored);
    }

    private static StoredObject stored(ConfigMap map) {
      return new StoredObject(
          map.getMetadata(), map.getData() == null ? "" : map.getData().getOrDefault(KEY, ""));
    }

    @Override
    public void replace(StoredObject object) {
      client
          .resource(
              new ConfigMapBuilder()
                  .withMetadata(writable(object.metadata()))
                  .addToData(KEY, object.text())
                  .build())
          .update();
    }

    @Override
    public void delete(String namespace, String name) {
      client.configMaps().inNamespace(namespace).withName(name).delete();
    }
  }
}
