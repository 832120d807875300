package dev.plinth.helm.values;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaException;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import com.networknt.schema.path.NodePath;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Holds values against the {@code values.schema.json} of a chart and of the charts in it, before
 * Helm does, to say who brought what does not fit. Without state; nothing is fetched from anywhere.
 */
public final class SchemaCheck {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final Comparator<ValuesProblem> BY_PLACE =
      Comparator.comparing((ValuesProblem it) -> it.origin().owner())
          .thenComparing(it -> it.origin().field())
          .thenComparing(it -> it.origin().line())
          .thenComparing(ValuesProblem::path);

  /** Messages go into status and events, whose language is not the host's. */
  private static final SchemaRegistryConfig IN_ENGLISH =
      SchemaRegistryConfig.builder().locale(Locale.ENGLISH).build();

  /** Checks the effective values. */
  public SchemaReport check(ChartDefaults chart, MergedValues values) {
    Set<ValuesProblem> problems = new LinkedHashSet<>();
    List<ValuesProblem> unchecked = new ArrayList<>();
    check(chart, List.of(), values.effective(), values, problems, unchecked);
    return new SchemaReport(problems.stream().sorted(BY_PLACE).toList(), unchecked);
  }

  private static void check(
      ChartDefaults chart,
      List<String> path,
      JsonNode effective,
      MergedValues values,
      Set<ValuesProblem> problems,
      List<ValuesProblem> unchecked) {
    if (chart.schema().isPresent()) {
      try {
        for (Error error : schema(chart.schema().get()).validate(effective)) {
          problems.add(problem(chart, path, error, values));
        }
      } catch (SchemaException | JsonProcessingException e) {
        // Not its message: it can quote the schema at length.
        unchecked.add(
            new ValuesProblem(
                Origin.of(Owner.CHART, "chart " + chart.name(), "values.schema.json"),
                "",
                "cannot be used here (%s), Helm checks it"
                    .formatted(e.getClass().getSimpleName())));
      }
    }
    for (ChartDefaults dependency : chart.dependencies()) {
      JsonNode ofDependency = effective.path(dependency.name());
      if (ofDependency.isObject()) {
        check(
            dependency, append(path, dependency.name()), ofDependency, values, problems, unchecked);
      }
    }
  }

  /** A schema that names no version is of the newest one, as for Helm. */
  private static Schema schema(String text) throws JsonProcessingException {
    JsonNode node = JSON.readTree(text);
    Schema schema =
        SchemaRegistry.withDefaultDialect(
                SpecificationVersion.DRAFT_2020_12,
                registry -> registry.schemaRegistryConfig(IN_ENGLISH))
            .getSchema(node);
    schema.initializeValidators();
    return schema;
  }

  private static ValuesProblem problem(
      ChartDefaults chart, List<String> prefix, Error error, MergedValues values) {
    List<String> path = new ArrayList<>(prefix);
    NodePath location = error.getInstanceLocation();
    for (int i = 0; i < location.getNameCount(); i++) {
      path.add(location.getName(i));
    }
    List<String> subject = error.getProperty() == null ? path : append(path, error.getProperty());
    Origin origin =
        values
            .originOf(subject)
            .or(() -> values.originOfSupplied(subject))
            .or(() -> values.originOf(path))
            .orElseGet(() -> Origin.of(Owner.CHART, "chart " + chart.name(), "values.yaml"));
    return new ValuesProblem(origin, values.pathOf(path).toString(), message(error));
  }

  /** Messages of the library quote no value. */
  private static String message(Error error) {
    return switch (error.getKeyword()) {
      case "additionalProperties", "unevaluatedProperties" ->
          "the chart knows no value '%s' here".formatted(error.getProperty());
      default -> error.getMessage();
    };
  }

  private static List<String> append(List<String> path, String step) {
    List<String> longer = new ArrayList<>(path);
    longer.add(step);
    return longer;
  }
}
