package dev.plinth.testkit.addons;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Finds the images that objects name: in pods and templates of pods, wherever they stand. */
final class Images {

  private static final List<String> CONTAINERS =
      List.of("containers", "initContainers", "ephemeralContainers");

  /** As in the text of a template of a pod that a program keeps in a ConfigMap. */
  private static final Pattern IN_TEXT =
      Pattern.compile(
          "(?m)^[ \\t]*(?:-[ \\t]+)?\"?image\"?:[ \\t]*[\"']?([^\\s\"'{|>#][^\\s\"']*)");

  private Images() {}

  static Set<String> in(Stream<JsonNode> objects) {
    Set<String> images = new TreeSet<>();
    objects.forEach(
        it -> {
          collect(it, images);
          if (it.path("kind").asText().equals("ConfigMap")) {
            it.path("data").forEach(text -> collectFromText(text.asText(), images));
          }
        });
    return images;
  }

  private static void collect(JsonNode node, Set<String> images) {
    for (String field : CONTAINERS) {
      for (JsonNode container : node.path(field)) {
        if (container.path("image").isTextual()) {
          images.add(container.path("image").asText());
        }
      }
    }
    node.forEach(it -> collect(it, images));
  }

  private static void collectFromText(String text, Set<String> images) {
    IN_TEXT.matcher(text).results().forEach(it -> images.add(it.group(1)));
  }
}
