package dev.plinth.slot;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import dev.plinth.cluster.ClusterApi;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.List;

/** Reads the objects at a path. */
final class Items {

  private Items() {}

  /** The objects; none if the server does not have their kind. */
  static List<JsonNode> of(ClusterApi api, String path) {
    List<JsonNode> items = new ArrayList<>();
    api.get(path).ifPresent(list -> list.path("items").forEach(items::add));
    return items;
  }

  static List<JsonNode> selected(ClusterApi api, String path, String labels) {
    return of(api, path + "?labelSelector=" + URLEncoder.encode(labels, UTF_8));
  }
}
