package dev.plinth.helm.controller;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.common.hash.Hashing;
import dev.plinth.helm.model.HelmChartStatus;
import dev.plinth.helm.release.Release;
import java.util.Map;
import java.util.Optional;

/**
 * What a status says of the release.
 *
 * @param valuesDigest SHA-256 of the values that it was made with
 */
record ReleaseFacts(
    long revision, String chartVersion, Optional<String> appVersion, String valuesDigest) {

  private static final ObjectMapper SORTED =
      JsonMapper.builder().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS).build();

  ReleaseFacts {
    requireNonNull(chartVersion, "chartVersion");
    requireNonNull(appVersion, "appVersion");
    requireNonNull(valuesDigest, "valuesDigest");
  }

  static ReleaseFacts of(Release release) {
    return new ReleaseFacts(
        release.revision(), release.chartVersion(), release.appVersion(), digest(release));
  }

  /** As the status has them; empty if it knows of no release. */
  static Optional<ReleaseFacts> of(Optional<HelmChartStatus> status) {
    return status
        .filter(it -> it.revision() != null)
        .map(
            it ->
                new ReleaseFacts(
                    it.revision(),
                    Optional.ofNullable(it.chartVersion()).orElse(""),
                    Optional.ofNullable(it.appVersion()),
                    Optional.ofNullable(it.valuesDigest()).orElse("")));
  }

  private static String digest(Release release) {
    try {
      String text = SORTED.writeValueAsString(SORTED.convertValue(release.values(), Map.class));
      return "sha256:" + Hashing.sha256().hashString(text, UTF_8);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A release's values are no JSON", e);
    }
  }
}
