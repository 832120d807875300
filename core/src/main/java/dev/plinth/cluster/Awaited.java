package dev.plinth.cluster;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;

/** What has to come, or to change, before an object can be applied. */
public sealed interface Awaited {

  /** Paths of the watches that tell. */
  Set<String> watches();

  /** Whether an event of one of the watches may be what is waited for. */
  boolean isNews(JsonNode event);

  /** That the server has a kind. */
  record Kind(String apiVersion, String kind) implements Awaited {

    private static final Set<String> WATCHES =
        Set.of(
            "/apis/apiextensions.k8s.io/v1/customresourcedefinitions?watch=true",
            "/apis/apiregistration.k8s.io/v1/apiservices?watch=true");

    public Kind {
      requireNonNull(apiVersion, "apiVersion");
      requireNonNull(kind, "kind");
    }

    @Override
    public Set<String> watches() {
      return WATCHES;
    }

    /** Definitions and API services have the group in their names, after the first dot. */
    @Override
    public boolean isNews(JsonNode event) {
      int slash = apiVersion.indexOf('/');
      String group = slash < 0 ? "" : apiVersion.substring(0, slash);
      return nameIn(event).endsWith("." + group);
    }
  }

  /** That there is a namespace, and that it is not about to go. */
  record Namespace(String name) implements Awaited {

    private static final ResourceKind KIND =
        new ResourceKind("", "v1", "Namespace", "namespaces", false);

    public Namespace {
      requireNonNull(name, "name");
    }

    @Override
    public Set<String> watches() {
      return Set.of(KIND.watchPath("", name));
    }

    @Override
    public boolean isNews(JsonNode event) {
      return !event.path("object").path("metadata").hasNonNull("deletionTimestamp");
    }
  }

  /** That an object which is somebody else's is handed over, or goes. */
  record HandedOver(ResourceKind kind, String namespace, String name) implements Awaited {

    public HandedOver {
      requireNonNull(kind, "kind");
      requireNonNull(namespace, "namespace");
      requireNonNull(name, "name");
    }

    @Override
    public Set<String> watches() {
      return Set.of(kind.watchPath(namespace, name));
    }

    @Override
    public boolean isNews(JsonNode event) {
      JsonNode annotations = event.path("object").path("metadata").path("annotations");
      return event.path("type").asText().equals("DELETED")
          || annotations.path(Labels.ADOPT).asText("").equals("true");
    }
  }

  private static String nameIn(JsonNode event) {
    return event.path("object").path("metadata").path("name").asText("");
  }
}
