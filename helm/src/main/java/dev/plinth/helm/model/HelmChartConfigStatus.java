package dev.plinth.helm.model;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;

/**
 * What became of a HelmChartConfig. References are null where nothing is known.
 *
 * @param observedGeneration generation of the object that this is about
 * @param chart the HelmChart that it is applied to, as {@code namespace/name}
 * @param revision first revision of the release that has it
 * @param notes what is accepted and has no effect
 * @param conditions Applied and others
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record HelmChartConfigStatus(
    Long observedGeneration,
    String chart,
    Long revision,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> notes,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Condition> conditions) {

  public HelmChartConfigStatus {
    notes = notes == null ? List.of() : List.copyOf(notes);
    conditions = conditions == null ? List.of() : List.copyOf(conditions);
  }
}
