package dev.plinth.helm.model;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * What a HelmChartConfig changes. References are null where the object says nothing.
 *
 * @param valuesContent values as YAML, stronger than all of the chart except {@code set}
 * @param values values as an object
 * @param valuesSecrets Secrets with values, the last one strongest
 * @param failurePolicy {@code abort}, {@code reinstall} or {@code retry}
 * @param serverSide {@code true}, {@code false} or {@code auto}
 * @param forceConflicts also false wins over the chart's true
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record HelmChartConfigSpec(
    String valuesContent,
    JsonNode values,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<ValuesSecret> valuesSecrets,
    String failurePolicy,
    String serverSide,
    Boolean forceConflicts)
    implements ValuesFields {

  /** A HelmChartConfig that changes nothing. */
  public static final HelmChartConfigSpec EMPTY =
      new HelmChartConfigSpec(null, null, null, null, null, null);

  public HelmChartConfigSpec {
    values = ValuesFields.absentIfNull(values);
    valuesSecrets = valuesSecrets == null ? List.of() : List.copyOf(valuesSecrets);
  }

  /** Never says what the values are. */
  @Override
  public String toString() {
    return "HelmChartConfigSpec[]";
  }
}
