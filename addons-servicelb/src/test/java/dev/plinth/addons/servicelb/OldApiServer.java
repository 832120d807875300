package dev.plinth.addons.servicelb;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.net.URI;

/**
 * Makes an API server one that cannot select Services by type, as before Kubernetes 1.31: it is
 * asked for a field that it does not know either, and refuses with its own answer to that.
 */
final class OldApiServer implements Interceptor {

  private OldApiServer() {}

  static KubernetesClient client(Config config) {
    return new KubernetesClientBuilder()
        .withConfig(config)
        .withHttpClientBuilderConsumer(it -> it.addOrReplaceInterceptor("old", new OldApiServer()))
        .build();
  }

  @Override
  public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
    String uri = request.uri().toString();
    if (uri.contains("spec.type")) {
      builder.uri(URI.create(uri.replace("spec.type", "spec.unknown")));
    }
  }
}
