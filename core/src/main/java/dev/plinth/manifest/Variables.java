package dev.plinth.manifest;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.stream.Collectors.joining;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import com.google.common.collect.Sets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** The values for a template's placeholders, each with a type. Immutable. */
public final class Variables {

  static final Pattern NAME = Pattern.compile("[A-Z][A-Z0-9_]*");

  private final Map<String, Variable> byName;

  private Variables(Map<String, Variable> byName) {
    this.byName = ImmutableMap.copyOf(byName);
  }

  /** Begins a set of variables. */
  public static Builder builder() {
    return new Builder();
  }

  /** No variables, for templates without placeholders. */
  public static Variables none() {
    return builder().build();
  }

  /** The names of the variables. */
  public Set<String> names() {
    return byName.keySet();
  }

  /**
   * Those of these variables that a template needs, out of a larger standard set.
   *
   * @param names typically {@link ManifestTemplate#placeholders()}; a name that is no variable is
   *     no error here but when the template is rendered
   */
  public Variables only(Set<String> names) {
    return new Variables(Maps.filterKeys(byName, names::contains));
  }

  /**
   * These variables and more.
   *
   * @throws IllegalArgumentException if one is there already
   */
  public Variables and(Variables more) {
    Set<String> twice = Sets.intersection(names(), more.names());
    checkArgument(twice.isEmpty(), "variables are given twice: %s", twice);
    return new Variables(
        ImmutableMap.<String, Variable>builder().putAll(byName).putAll(more.byName).build());
  }

  Map<String, Variable> byName() {
    return byName;
  }

  /** The names alone: values may be secrets. */
  @Override
  public String toString() {
    return "Variables" + names();
  }

  /**
   * Collects variables. Names are upper-case letters, digits and {@code _}, and are given once;
   * every method throws {@link IllegalArgumentException} otherwise.
   */
  public static final class Builder {

    private final ImmutableMap.Builder<String, Variable> byName = ImmutableMap.builder();
    private final Set<String> names = new HashSet<>();

    private Builder() {}

    /** A string, whatever it looks like: {@code "true"} and {@code "010"} stay strings. */
    public Builder text(String name, String value) {
      return put(name, new Variable.Text(wellFormed(name, value)));
    }

    /** A sequence of strings. */
    public Builder list(String name, List<String> values) {
      values.forEach(value -> wellFormed(name, value));
      return put(name, new Variable.TextList(List.copyOf(values)));
    }

    /** An integer. */
    public Builder number(String name, long value) {
      return put(name, new Variable.Number(value));
    }

    /** A boolean. */
    public Builder flag(String name, boolean value) {
      return put(name, new Variable.Flag(value));
    }

    /** The variables collected so far. */
    public Variables build() {
      return new Variables(byName.build());
    }

    private Builder put(String name, Variable value) {
      checkArgument(
          NAME.matcher(name).matches(),
          "variable '%s': expected a name of upper-case letters, digits and '_'",
          name);
      checkArgument(names.add(name), "variable %s is given twice", name);
      byName.put(name, value);
      return this;
    }

    private static String wellFormed(String name, String value) {
      checkArgument(
          Utf8Text.isWellFormed(value),
          "variable %s: found half a character (a lone surrogate)",
          name);
      return value;
    }
  }

  /** A value and its type. */
  sealed interface Variable {

    /** As a message calls it. */
    String typeName();

    /** As YAML in place of a whole scalar. */
    String toYaml();

    /**
     * As part of a text.
     *
     * @throws IllegalStateException if it is a list
     */
    String toText();

    record Text(String value) implements Variable {
      @Override
      public String typeName() {
        return "a text";
      }

      @Override
      public String toYaml() {
        return DoubleQuotes.quote(value);
      }

      @Override
      public String toText() {
        return value;
      }
    }

    record TextList(List<String> values) implements Variable {
      @Override
      public String typeName() {
        return "a list";
      }

      @Override
      public String toYaml() {
        return values.stream().map(DoubleQuotes::quote).collect(joining(", ", "[", "]"));
      }

      @Override
      public String toText() {
        throw new IllegalStateException("a list is no text");
      }
    }

    record Number(long value) implements Variable {
      @Override
      public String typeName() {
        return "a number";
      }

      @Override
      public String toYaml() {
        return Long.toString(value);
      }

      @Override
      public String toText() {
        return Long.toString(value);
      }
    }

    record Flag(boolean value) implements Variable {
      @Override
      public String typeName() {
        return "a flag";
      }

      @Override
      public String toYaml() {
        return Boolean.toString(value);
      }

      @Override
      public String toText() {
        return Boolean.toString(value);
      }
    }
  }
}
