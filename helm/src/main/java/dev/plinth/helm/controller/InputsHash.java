package dev.plinth.helm.controller;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.hash.Hashing;
import dev.plinth.helm.model.EffectiveSettings;
import dev.plinth.helm.model.HelmChart;
import dev.plinth.helm.model.HelmChartConfig;
import dev.plinth.helm.model.ValuesFields;
import dev.plinth.helm.source.ChartReference;
import dev.plinth.helm.source.ChartReference.AtUrl;
import dev.plinth.helm.source.ChartReference.InFile;
import dev.plinth.helm.source.ChartReference.InRegistry;
import dev.plinth.helm.source.ChartReference.InRepository;
import dev.plinth.helm.source.ChartReference.Inline;
import dev.plinth.helm.source.ChartReference.Packaged;
import dev.plinth.helm.source.ChartReference.Static;
import dev.plinth.helm.values.MergedValues;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The digest of what a change of makes a new revision: which chart, where to, with what values, and
 * whose fields it takes. How a release is made and with what credentials is no part of it. The
 * meaning counts, not the text: the order of keys, and whether a value is in one field or another,
 * make no difference.
 */
final class InputsHash {

  /** The longest value that a label can have; K3s's are as long. */
  static final int LENGTH = 63;

  private static final JsonMapper CANONICAL =
      JsonMapper.builder().enable(JsonNodeFeature.WRITE_PROPERTIES_SORTED).build();

  private InputsHash() {}

  /**
   * @param digest of the chart's archive, if it is at hand
   * @param values without what is not to be noticed
   */
  static String of(
      HelmChart chart,
      Optional<HelmChartConfig> config,
      EffectiveSettings settings,
      ChartReference reference,
      Optional<String> digest,
      MergedValues values) {
    ObjectNode parts = JsonNodeFactory.instance.objectNode();
    parts.put("format", 1);
    parts.put("chart", identity(reference));
    digest.ifPresent(it -> parts.put("digest", it));
    parts.put("version", text(chart.getSpec().version()).strip());
    parts.put("namespace", chart.releaseNamespace());
    parts.put(
        "driver", text(chart.getSpec().driver()).equals("configmap") ? "configmap" : "secret");
    parts.put("takeOwnership", chart.getSpec().takeOwnership());
    parts.put("serverSide", settings.serverSide());
    parts.put("forceConflicts", settings.forceConflicts());
    parts.set("values", values.fileValues());
    ArrayNode set = parts.putArray("set");
    values.setArguments().forEach(it -> set.add(it.flag().option()).add(it.argument()));
    ArrayNode unnoticed = parts.putArray("unnoticed");
    addUnnoticed(unnoticed, chart.getSpec());
    config.ifPresent(it -> addUnnoticed(unnoticed, it.getSpec()));
    return digest(parts);
  }

  /** That a Secret is asked at all counts, although its content does not. */
  private static void addUnnoticed(ArrayNode unnoticed, ValuesFields fields) {
    fields.valuesSecrets().stream()
        .filter(it -> it.ignoreUpdates() && !it.keys().isEmpty())
        .forEach(it -> it.keys().forEach(key -> unnoticed.add(it.name()).add(key)));
  }

  private static String digest(ObjectNode parts) {
    try {
      return Hashing.sha256()
          .hashBytes(CANONICAL.writeValueAsString(parts).getBytes(StandardCharsets.UTF_8))
          .toString()
          .substring(0, LENGTH);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A tree can not be written", e);
    }
  }

  private static String identity(ChartReference reference) {
    if (reference instanceof InRepository it) {
      return "repository\n%s\n%s".formatted(withoutUser(it.repository()), it.name());
    } else if (reference instanceof AtUrl it) {
      return "url\n" + withoutUser(it.url());
    } else if (reference instanceof InRegistry it) {
      return "registry\n%s\n%s\n%s".formatted(it.registry(), it.repository(), it.version());
    } else if (reference instanceof Static it) {
      return "static\n" + it.path();
    } else if (reference instanceof InFile it) {
      return "file\n" + it.file();
    } else if (reference instanceof Packaged it) {
      return "packaged\n" + it.name();
    }
    return reference instanceof Inline ? "inline" : reference.describe();
  }

  private static String withoutUser(URI address) {
    return address.toString().replaceFirst("^([^:/?#]+://)[^/?#]*@", "$1");
  }

  private static String text(String field) {
    return field == null ? "" : field;
  }
}
