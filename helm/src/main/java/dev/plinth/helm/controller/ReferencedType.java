package dev.plinth.helm.controller;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.collect.Maps;
import dev.plinth.helm.controller.Reference.Keys;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** How the objects of a kind are reached, and where they have their data. */
abstract class ReferencedType<T extends HasMetadata> {

  private static final ReferencedType<Secret> SECRET =
      new ReferencedType<>() {
        @Override
        Resource<Secret> resource(KubernetesClient client, ReferencedObject object) {
          return client.secrets().inNamespace(object.namespace()).withName(object.name());
        }

        @Override
        Map<String, byte[]> data(Secret secret) {
          return decoded(secret.getData());
        }

        @Override
        Secret of(ObjectMeta identity, Map<String, String> base64) {
          return new SecretBuilder().withMetadata(identity).withData(base64).build();
        }
      };

  private static final ReferencedType<ConfigMap> CONFIG_MAP =
      new ReferencedType<>() {
        @Override
        Resource<ConfigMap> resource(KubernetesClient client, ReferencedObject object) {
          return client.configMaps().inNamespace(object.namespace()).withName(object.name());
        }

        @Override
        Map<String, byte[]> data(ConfigMap configMap) {
          Map<String, byte[]> data = decoded(configMap.getBinaryData());
          if (configMap.getData() != null) {
            configMap.getData().forEach((key, text) -> data.put(key, text.getBytes(UTF_8)));
          }
          return data;
        }

        @Override
        ConfigMap of(ObjectMeta identity, Map<String, String> base64) {
          return new ConfigMapBuilder().withMetadata(identity).withBinaryData(base64).build();
        }
      };

  private ReferencedType() {}

  static ReferencedType<?> of(ReferencedObject.Kind kind) {
    return switch (kind) {
      case SECRET -> SECRET;
      case CONFIG_MAP -> CONFIG_MAP;
    };
  }

  /** What is wanted of an object of the kind, if there is one. */
  static ReferencedContent contentOf(
      ReferencedObject.Kind kind, Optional<HasMetadata> object, Keys keys) {
    return switch (kind) {
      case SECRET -> SECRET.content(object.map(Secret.class::cast), keys);
      case CONFIG_MAP -> CONFIG_MAP.content(object.map(ConfigMap.class::cast), keys);
    };
  }

  abstract Resource<T> resource(KubernetesClient client, ReferencedObject object);

  /** The decoded content by key. */
  abstract Map<String, byte[]> data(T object);

  abstract T of(ObjectMeta identity, Map<String, String> base64);

  /** The object with nothing but its name and the content of these keys. */
  T trimmed(T object, Keys keys) {
    ObjectMeta identity =
        new ObjectMetaBuilder()
            .withName(object.getMetadata().getName())
            .withNamespace(object.getMetadata().getNamespace())
            .withUid(object.getMetadata().getUid())
            .withResourceVersion(object.getMetadata().getResourceVersion())
            .build();
    Map<String, String> base64 = new HashMap<>();
    wanted(object, keys)
        .forEach((key, value) -> base64.put(key, Base64.getEncoder().encodeToString(value)));
    return of(identity, base64);
  }

  /** What is wanted of the object, if there is one. */
  ReferencedContent content(Optional<T> object, Keys keys) {
    return object
        .<ReferencedContent>map(it -> new ReferencedContent.Found(wanted(it, keys)))
        .orElseGet(ReferencedContent.Absent::new);
  }

  /** What there is now, asked for once. */
  ReferencedContent get(KubernetesClient client, ReferencedObject object, Keys keys) {
    return content(Optional.ofNullable(resource(client, object).get()), keys);
  }

  private Map<String, byte[]> wanted(T object, Keys keys) {
    return Maps.filterKeys(data(object), keys::contain);
  }

  private static Map<String, byte[]> decoded(Map<String, String> base64) {
    Map<String, byte[]> decoded = new HashMap<>();
    if (base64 != null) {
      base64.forEach((key, value) -> decoded.put(key, Base64.getDecoder().decode(value)));
    }
    return decoded;
  }
}
