package dev.plinth.manifest;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.Sets;
import dev.plinth.manifest.Variables.Variable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A packaged manifest with placeholders such as {@code %{CLUSTER_DNS}%} (K3s's syntax). Immutable.
 *
 * <p>The template is YAML before anything is inserted, so a scalar that begins with a placeholder
 * is quoted. What is inserted is always a value, never syntax:
 *
 * <ul>
 *   <li>A scalar that is a placeholder and nothing else becomes what the variable is: a string, a
 *       sequence of strings, an integer or a boolean. {@code replicas: "%{REPLICAS}%"} with the
 *       number 2 is {@code replicas: 2}.
 *   <li>A scalar that holds a placeholder among other text becomes a string in double quotes. Lists
 *       have no place there.
 *   <li>In a block scalar ({@code |} or {@code >}) values are inserted as they are; one that cannot
 *       stand there, such as one with a line break, is refused.
 * </ul>
 *
 * Everything else stays as it is, to the byte. Placeholders in keys are refused; those in comments
 * are no placeholders.
 */
public final class ManifestTemplate {

  private final String name;
  private final String text;
  private final List<TemplateSlot> slots;

  private ManifestTemplate(String name, String text, List<TemplateSlot> slots) {
    this.name = name;
    this.text = text;
    this.slots = slots;
  }

  /**
   * A template on the class path, in UTF-8.
   *
   * @param anchor the class beside which the resource is
   * @param resource its name, as {@link Class#getResourceAsStream(String)} takes it
   * @throws IllegalArgumentException if there is no such resource
   * @throws ManifestException if it is no YAML, or a placeholder is where none can be
   */
  public static ManifestTemplate fromResource(Class<?> anchor, String resource) {
    try (InputStream in = anchor.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalArgumentException(
            "no resource %s beside %s".formatted(resource, anchor.getName()));
      }
      return of(resource, Utf8Text.decode(resource, in.readAllBytes(), ManifestLimits.DEFAULT));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the template " + resource, e);
    }
  }

  /**
   * A template from text.
   *
   * @param name as messages name it
   * @param text YAML with placeholders in values
   * @throws ManifestException if it is no YAML, or a placeholder is where none can be
   */
  public static ManifestTemplate of(String name, String text) {
    requireNonNull(name, "name");
    return new ManifestTemplate(name, text, new TemplateReader(name, text).read());
  }

  /** As messages name it. */
  public String name() {
    return name;
  }

  /** The names of the placeholders, sorted. */
  public Set<String> placeholders() {
    Set<String> names = new TreeSet<>();
    slots.forEach(slot -> names.addAll(slot.placeholders()));
    return names;
  }

  /**
   * Inserts the values.
   *
   * @param variables exactly one for each placeholder; see {@link Variables#only(Set)}
   * @return YAML, in which every value is found as it was given
   * @throws ManifestException naming every placeholder without a variable, every variable without a
   *     placeholder, and every value that cannot stand where its placeholder does
   */
  public String render(Variables variables) {
    refuseMissingAndUnused(variables.names());
    Map<String, Variable> values = variables.byName();
    refuseUnfitting(values);
    StringBuilder rendered = new StringBuilder();
    int copied = 0;
    for (TemplateSlot slot : slots) {
      rendered.append(text, copied, slot.start()).append(slot.render(values));
      copied = slot.end();
    }
    return rendered.append(text, copied, text.length()).toString();
  }

  /** The name: the text may be long. */
  @Override
  public String toString() {
    return "ManifestTemplate " + name;
  }

  private void refuseMissingAndUnused(Set<String> given) {
    List<ManifestProblem> problems = new ArrayList<>();
    for (TemplateSlot slot : slots) {
      Sets.difference(slot.placeholders(), given)
          .forEach(
              missing ->
                  problems.add(
                      new ManifestProblem(
                          slot.location(),
                          "",
                          "the placeholder %s has no variable".formatted(missing))));
    }
    Sets.difference(given, placeholders())
        .forEach(
            unused ->
                problems.add(
                    new ManifestProblem(
                        Position.START.in(name),
                        "",
                        "the variable %s has no placeholder".formatted(unused))));
    throwIfAny(problems);
  }

  private void refuseUnfitting(Map<String, Variable> values) {
    List<ManifestProblem> problems = new ArrayList<>();
    for (TemplateSlot slot : slots) {
      slot.refusal(values)
          .ifPresent(message -> problems.add(new ManifestProblem(slot.location(), "", message)));
    }
    throwIfAny(problems);
  }

  private void throwIfAny(List<ManifestProblem> problems) {
    if (!problems.isEmpty()) {
      throw new ManifestException(name, problems);
    }
  }
}
