package dev.plinth.testkit.addons;

import dev.plinth.addon.Addon;
import dev.plinth.addon.PackagedManifest;
import dev.plinth.config.ServerConfig;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;

/**
 * An add-on with two ConfigMaps more, which its next version does not have any more: one in its
 * first file, if that is YAML, and one in a file of its own.
 */
final class OlderVersion {

  private OlderVersion() {}

  static Addon of(Addon addon) {
    return (Addon)
        Proxy.newProxyInstance(
            OlderVersion.class.getClassLoader(),
            new Class<?>[] {Addon.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("manifests")) {
                return manifests(addon, (ServerConfig) arguments[0]);
              }
              try {
                return method.invoke(addon, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private static List<PackagedManifest> manifests(Addon addon, ServerConfig config) {
    List<PackagedManifest> manifests = new ArrayList<>(addon.manifests(config));
    if (!manifests.isEmpty() && !manifests.get(0).file().endsWith(".json")) {
      PackagedManifest first = manifests.get(0);
      manifests.set(
          0,
          new PackagedManifest(
              first.file(), first.content() + "\n---\n" + configMap(addon.name() + "-kit-object")));
    }
    manifests.add(
        new PackagedManifest(
            addon.name() + "-kit-file.yaml", configMap(addon.name() + "-kit-file")));
    return manifests;
  }

  private static String configMap(String name) {
    return "{apiVersion: v1, kind: ConfigMap, metadata: {name: %s, namespace: kube-system}}\n"
        .formatted(name);
  }
}
