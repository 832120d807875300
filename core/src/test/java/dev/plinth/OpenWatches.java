package dev.plinth;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The watches that are open at an API server, as its own metrics count them. */
final class OpenWatches {

  private static final Pattern SERIES =
      Pattern.compile(
          "^apiserver_longrunning_requests\\{(?<labels>.*)\\} (?<value>\\d+)$", Pattern.MULTILINE);
  private static final Pattern RESOURCE = Pattern.compile("\\bresource=\"([^\"]*)\"");

  private OpenWatches() {}

  /** How many there are of each resource. */
  static Map<String, Integer> at(KubernetesClient client) {
    Map<String, Integer> counts = new TreeMap<>();
    Matcher series = SERIES.matcher(client.raw("/metrics"));
    while (series.find()) {
      Matcher resource = RESOURCE.matcher(series.group("labels"));
      int value = Integer.parseInt(series.group("value"));
      if (series.group("labels").contains("verb=\"WATCH\"") && resource.find() && value > 0) {
        counts.merge(resource.group(1), value, Integer::sum);
      }
    }
    return counts;
  }
}
