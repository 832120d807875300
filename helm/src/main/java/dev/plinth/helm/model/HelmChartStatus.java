package dev.plinth.helm.model;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;

/**
 * What became of a HelmChart. References are null where nothing is known.
 *
 * @param jobName K3s's Job; kept as K3s left it
 * @param observedGeneration generation of the object that this is about
 * @param revision revision of the release in force
 * @param chartVersion version of its chart
 * @param appVersion version of what the chart installs
 * @param valuesDigest digest of the values of the release
 * @param inputsDigest digest of all that the release was last made of, or tried to be
 * @param lastError what Helm said when an operation failed last; null after a success
 * @param failures attempts that failed since the last success or change
 * @param nextAttempt time of the next attempt, as RFC 3339 writes it
 * @param notes what is accepted and has no effect
 * @param conditions Ready, Released, Failed and others
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record HelmChartStatus(
    String jobName,
    Long observedGeneration,
    Long revision,
    String chartVersion,
    String appVersion,
    String valuesDigest,
    String inputsDigest,
    String lastError,
    Integer failures,
    String nextAttempt,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> notes,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Condition> conditions) {

  public HelmChartStatus {
    notes = notes == null ? List.of() : List.copyOf(notes);
    conditions = conditions == null ? List.of() : List.copyOf(conditions);
  }
}
