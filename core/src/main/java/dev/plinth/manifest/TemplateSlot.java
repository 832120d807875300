package dev.plinth.manifest;

import dev.plinth.manifest.Variables.Variable;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** A scalar of a template that holds placeholders. */
sealed interface TemplateSlot {

  /** Anything that looks like a placeholder, well-formed name or not. */
  Pattern PLACEHOLDER = Pattern.compile("%\\{([^{}%\\s]*)}%");

  /** Where it begins. */
  SourceLocation location();

  /** Offset of the scalar in the template. */
  int start();

  /** Offset of what follows the scalar. */
  int end();

  /** The names in it. */
  Set<String> placeholders();

  /**
   * Why these values cannot be inserted here.
   *
   * @param values one for each placeholder
   */
  Optional<String> refusal(Map<String, Variable> values);

  /**
   * What takes the scalar's place.
   *
   * @param values as {@link #refusal(Map)} did not refuse them
   */
  String render(Map<String, Variable> values);

  /** A quoted or plain scalar. */
  record Flow(SourceLocation location, int start, int end, String value) implements TemplateSlot {

    @Override
    public Set<String> placeholders() {
      return names(value);
    }

    @Override
    public Optional<String> refusal(Map<String, Variable> values) {
      return whole().isPresent() ? Optional.empty() : refuseLists(placeholders(), values);
    }

    @Override
    public String render(Map<String, Variable> values) {
      return whole()
          .map(name -> values.get(name).toYaml())
          .orElseGet(() -> DoubleQuotes.quote(insert(value, values)));
    }

    /** The placeholder that is the whole scalar. */
    private Optional<String> whole() {
      Matcher matcher = PLACEHOLDER.matcher(value);
      return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
    }
  }

  /**
   * A literal or folded scalar. Lines and indentation are its syntax, so a value must leave both
   * alone; whether it does is found out by reading the result.
   *
   * @param template the whole text; the scalar's first line is its indicator, maybe with a comment
   * @param value the scalar's value
   */
  record Block(SourceLocation location, int start, int end, String template, String value)
      implements TemplateSlot {

    @Override
    public Set<String> placeholders() {
      return names(value);
    }

    @Override
    public Optional<String> refusal(Map<String, Variable> values) {
      return refuseLists(placeholders(), values)
          .or(() -> refuseUnprintable(values))
          .or(() -> refuseChangedLayout(values));
    }

    @Override
    public String render(Map<String, Variable> values) {
      int firstLine = template.indexOf('\n', start) + 1;
      return template.substring(start, firstLine)
          + insert(template.substring(firstLine, end), values);
    }

    private Optional<String> refuseUnprintable(Map<String, Variable> values) {
      return placeholders().stream()
          .filter(
              name -> !values.get(name).toText().codePoints().allMatch(DoubleQuotes::isUnescaped))
          .findFirst()
          .map(
              name ->
                  "the value of %s has a line break or a control character, which cannot stand in a block scalar"
                      .formatted(name));
    }

    private Optional<String> refuseChangedLayout(Map<String, Variable> values) {
      String rendered = template.substring(0, start) + render(values) + template.substring(end);
      return scalarAt(start, rendered).filter(insert(value, values)::equals).isPresent()
          ? Optional.empty()
          : Optional.of(
              "the value of %s cannot stand here in a block scalar: with it, other lines would change"
                  .formatted(String.join(" or ", placeholders())));
    }

    private static Optional<String> scalarAt(int offset, String yaml) {
      int codePoints = yaml.codePointCount(0, offset);
      try {
        for (Iterator<Event> events = YamlEvents.of(yaml); events.hasNext(); ) {
          if (events.next() instanceof ScalarEvent scalar
              && scalar.getStartMark().orElseThrow().getIndex() == codePoints) {
            return Optional.of(scalar.getValue());
          }
        }
      } catch (YamlEngineException e) {
        // Then it is not there: the template without the values is YAML.
      }
      return Optional.empty();
    }
  }

  private static Set<String> names(String text) {
    Set<String> names = new TreeSet<>();
    PLACEHOLDER.matcher(text).results().forEach(match -> names.add(match.group(1)));
    return names;
  }

  private static String insert(String text, Map<String, Variable> values) {
    return PLACEHOLDER
        .matcher(text)
        .replaceAll(match -> Matcher.quoteReplacement(values.get(match.group(1)).toText()));
  }

  private static Optional<String> refuseLists(Set<String> names, Map<String, Variable> values) {
    return names.stream()
        .filter(name -> values.get(name) instanceof Variable.TextList)
        .findFirst()
        .map("%s is a list, which can only take the place of a whole quoted scalar"::formatted);
  }
}
