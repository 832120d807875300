package dev.plinth.examples.server;

import dev.plinth.addon.Addon;
import dev.plinth.addon.PackagedManifest;
import dev.plinth.config.ServerConfig;
import java.util.List;

public final class HelloAddon implements Addon {

  private static final String MANIFEST =
      """
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: hello, namespace: kube-system}
      data: {greeting: Hello}
      """;

  @Override
  public String name() {
    return "hello";
  }

  @Override
  public String description() {
    return "Says hello";
  }

  @Override
  public List<PackagedManifest> manifests(ServerConfig config) {
    return List.of(new PackagedManifest("hello.yaml", MANIFEST));
  }
}
