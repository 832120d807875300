package dev.plinth.helm.values;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import dev.plinth.helm.model.HelmChart;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An entry of {@code spec.set} as an argument of Helm.
 *
 * @param flag which of Helm's flags takes it
 * @param key the key of the entry: a path
 * @param argument what follows the flag, {@code key=value}
 */
public record SetArgument(Flag flag, String key, String argument) {

  private static final Pattern COMMA = Pattern.compile("(\\\\*),");

  public SetArgument {
    requireNonNull(flag, "flag");
    requireNonNull(key, "key");
    requireNonNull(argument, "argument");
  }

  /** Helm's flags, in the order in which Helm looks at them: the last one is the strongest. */
  public enum Flag {
    /** The value is JSON. K3s has no such entries. */
    SET_JSON("--set-json"),
    /** The value's type is guessed from its text. */
    SET("--set"),
    /** The value is a string. */
    SET_STRING("--set-string");

    private final String option;

    Flag(String option) {
      this.option = option;
    }

    /** As it is written on Helm's command line. */
    public String option() {
      return option;
    }
  }

  /**
   * The entries of a chart, in the order in which Helm applies them. Integers, and the strings
   * true, false and null in any case, go through {@code --set}; other strings are strings, as in
   * K3s. Booleans, null and numbers that K3s does not take are what they are.
   *
   * @throws ValuesException if an entry is no scalar
   */
  static List<SetArgument> of(HelmChart chart) {
    List<SetArgument> arguments = new ArrayList<>();
    List<ValuesProblem> problems = new ArrayList<>();
    chart
        .getSpec()
        .set()
        .forEach(
            (key, value) -> {
              if (value.isContainerNode()) {
                problems.add(
                    new ValuesProblem(
                        originOf(chart, key),
                        "",
                        "found %s, expected a string, number or boolean"
                            .formatted(value.isArray() ? "a list" : "a mapping")));
              } else {
                arguments.add(of(key, value));
              }
            });
    if (!problems.isEmpty()) {
      throw new ValuesException(problems);
    }
    arguments.sort(Comparator.comparing(SetArgument::flag)); // stable: then by key
    return arguments;
  }

  static SetArgument of(String key, JsonNode value) {
    if (value.isTextual()) {
      return isTyped(value.textValue())
          ? new SetArgument(Flag.SET, key, key + "=" + value.textValue())
          : new SetArgument(Flag.SET_STRING, key, key + "=" + escapeCommas(value.textValue()));
    }
    JsonNode plain = value.isFloatingPointNumber() ? HelmNumbers.read(value) : value;
    boolean isForJson = plain.isNumber() && !plain.canConvertToLong();
    return isForJson || plain.isFloatingPointNumber()
        ? new SetArgument(Flag.SET_JSON, key, key + "=" + value)
        : new SetArgument(Flag.SET, key, key + "=" + plain.asText());
  }

  /** Where the entry is. */
  static Origin originOf(HelmChart chart, String key) {
    return Origin.of(Owner.HELM_CHART, chart.reference(), "spec.set[\"%s\"]".formatted(key));
  }

  private static boolean isTyped(String text) {
    return text.equalsIgnoreCase("true")
        || text.equalsIgnoreCase("false")
        || text.equalsIgnoreCase("null");
  }

  /** A comma that is not escaped already gets a backslash, as K3s counts backslashes. */
  private static String escapeCommas(String text) {
    return COMMA
        .matcher(text)
        .replaceAll(
            comma -> {
              boolean isEscaped = comma.group(1).length() % 2 == 1;
              return Matcher.quoteReplacement(comma.group(1) + (isEscaped ? "," : "\\,"));
            });
  }
}
