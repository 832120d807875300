package dev.plinth.examples.server;

import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.plinth.addon.Addon;
import dev.plinth.addon.Selection;
import dev.plinth.addon.Selection.Decision;
import dev.plinth.addon.Selection.Selected;
import dev.plinth.config.ExplainedOption;
import dev.plinth.config.ExplainedOption.Given;
import dev.plinth.config.OptionOwner;
import dev.plinth.config.ServerConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Why each add-on runs or does not, and what is set.
 *
 * @param addons every add-on, in the order in which they start
 * @param options every option
 * @param ignored flags of K3s that have no effect here
 * @param warnings what should be known of the configuration
 */
record Explanation(
    List<AddonLine> addons, List<OptionLine> options, List<String> ignored, List<String> warnings) {

  /**
   * An add-on.
   *
   * @param state {@code enabled}, {@code disabled} or {@code blocked}
   * @param why what decided it
   * @param slot the role it fills; empty if none
   */
  record AddonLine(
      String name,
      String state,
      String why,
      String description,
      String slot,
      List<String> requires,
      List<String> provides) {}

  /**
   * An option.
   *
   * @param values in effect
   * @param given what was given, and where; empty for a default
   */
  record OptionLine(String name, String owner, List<String> values, List<Given> given) {

    static OptionLine of(ExplainedOption option) {
      return new OptionLine(option.name(), option.owner(), option.values(), option.given());
    }

    /** Where its value comes from, for people. */
    @JsonIgnore
    String origin() {
      return given.isEmpty()
          ? "default"
          : given.stream().map(Given::origin).distinct().collect(joining(", "));
    }
  }

  static Explanation of(
      Selection selection, ServerConfig config, Iterable<? extends OptionOwner> owners) {
    List<ExplainedOption> options = config.explain(owners);
    List<String> warnings = new ArrayList<>(config.warnings());
    warnings.addAll(selection.warnings());
    return new Explanation(
        selection.addons().stream().map(it -> line(it, selection, options)).toList(),
        options.stream().map(OptionLine::of).toList(),
        List.copyOf(config.ignoredKeys()),
        warnings);
  }

  private static AddonLine line(
      Selected selected, Selection selection, List<ExplainedOption> options) {
    Addon addon = selected.addon();
    Decision decision = selected.decision();
    String state;
    String why;
    if (decision instanceof Decision.Disabled disabled) {
      state = "disabled";
      why = disabled.flag() + origin(addon, disabled.flag(), options);
    } else if (decision instanceof Decision.Blocked blocked) {
      state = "blocked";
      why = blocked.why();
    } else {
      state = "enabled";
      why = whyEnabled(addon, selection);
    }
    return new AddonLine(
        addon.name(),
        state,
        why,
        addon.description(),
        addon.slot().map(Object::toString).orElse(""),
        addon.requires().stream().sorted().toList(),
        addon.provides().stream().sorted().toList());
  }

  /** Nothing switches it off; what it takes is there. */
  private static String whyEnabled(Addon addon, Selection selection) {
    return Stream.concat(
            Stream.of("no flag disables it"),
            Stream.concat(
                addon.requires().stream()
                    .sorted()
                    .map(
                        it ->
                            selection.enabled().stream()
                                .filter(
                                    other ->
                                        other.name().equals(it) || other.provides().contains(it))
                                .map(Addon::name)
                                .findFirst()
                                .filter(name -> !name.equals(it))
                                .map(name -> "has %s from %s".formatted(it, name))
                                .orElse("has " + it)),
                addon.slot().stream().map(it -> "fills the slot " + it)))
        .collect(joining("; "));
  }

  /** Where the flag was given that names it. */
  private static String origin(Addon addon, String flag, List<ExplainedOption> options) {
    return options.stream()
        .filter(it -> flag.equals("--" + it.name()) || flag.startsWith("--" + it.name() + " "))
        .flatMap(it -> it.given().stream())
        .filter(it -> flag.indexOf(' ') < 0 || it.text().equals(addon.name()))
        .map(it -> " (%s)".formatted(it.origin()))
        .findFirst()
        .orElse("");
  }
}
