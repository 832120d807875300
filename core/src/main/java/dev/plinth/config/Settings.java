package dev.plinth.config;

import static java.util.stream.Collectors.joining;

import com.google.common.base.Splitter;
import com.google.common.collect.ListMultimap;
import com.google.common.collect.MultimapBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** What was given for each option, in the order given, and the step from texts to values. */
final class Settings {

  private static final Splitter ITEMS = Splitter.on(',').trimResults();

  private final ListMultimap<String, Setting> byOption =
      MultimapBuilder.linkedHashKeys().arrayListValues().build();

  /** A value with where it was given. */
  record Given<T>(T value, Setting setting) {

    /** The values of a list. */
    static <T> List<T> values(List<Given<T>> given) {
      return given.stream().map(Given::value).toList();
    }

    /** The texts of a list, quoted, with their origins, for messages. */
    static <T> String describe(List<Given<T>> given) {
      return given.stream()
          .map(it -> "'%s' (%s)".formatted(it.setting.text(), it.setting.origin()))
          .collect(joining(" and "));
    }
  }

  void add(Option<?> option, List<Setting> settings) {
    byOption.putAll(option.name(), settings);
  }

  void replace(Option<?> option, List<Setting> settings) {
    byOption.replaceValues(option.name(), settings);
  }

  boolean isGiven(Option<?> option) {
    return byOption.containsKey(option.name());
  }

  /**
   * The values given for an option: of a repeatable one all items, of any other the last one.
   *
   * @param warnings is told of empty items
   * @throws ConfigurationException if a value is not valid
   */
  <T> List<Given<T>> given(Option<T> option, Consumer<String> warnings) {
    return texts(option, warnings).stream().map(it -> parse(option, it)).toList();
  }

  /** The last value given for an option that takes one, unless that is blank. */
  <T> Optional<Given<T>> lastUnlessBlank(Option<T> option) {
    return last(byOption.get(option.name()))
        .filter(it -> !it.text().isBlank())
        .map(it -> parse(option, it));
  }

  /** What was given for an option and counts, empty items left out. */
  List<Setting> counting(Option<?> option) {
    return texts(option, emptyItem -> {});
  }

  private List<Setting> texts(Option<?> option, Consumer<String> warnings) {
    List<Setting> all = byOption.get(option.name());
    if (!option.repeatable()) {
      return last(all).map(List::of).orElse(List.of());
    }
    List<Setting> items = new ArrayList<>();
    for (Setting setting : all) {
      for (String item : ITEMS.split(setting.text())) {
        if (item.isEmpty()) {
          warnings.accept(setting.origin() + ": an empty item is ignored");
        } else {
          items.add(setting.item(item));
        }
      }
    }
    return items;
  }

  private static <T> Given<T> parse(Option<T> option, Setting setting) {
    try {
      return new Given<>(option.parser().apply(setting.text()), setting);
    } catch (IllegalArgumentException e) {
      throw setting.isNot(Optional.ofNullable(e.getMessage()).orElse("a valid value"), option);
    }
  }

  private static Optional<Setting> last(List<Setting> settings) {
    return settings.isEmpty() ? Optional.empty() : Optional.of(settings.get(settings.size() - 1));
  }
}
