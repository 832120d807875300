package dev.plinth.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * A key of the configuration files with what remains of its values after merging.
 *
 * @param addon the add-on in whose section the key stands; empty for a key of the file itself
 * @param key the key without its plus sign
 * @param place {@code file:line:column} of the key
 * @param nodes the values as written: scalars, lists, or what does not belong here
 */
record ConfigEntry(Optional<String> addon, String key, String place, List<Node> nodes) {

  private static final Pattern KEY = Pattern.compile("[\\w.+-]{1,100}");

  ConfigEntry {
    nodes = List.copyOf(nodes);
  }

  /** The key with the section it stands in. */
  String fullKey() {
    return addon.map(it -> "addons.%s.%s".formatted(it, key)).orElse(key);
  }

  /** The same with the values of a later entry behind its own. */
  ConfigEntry append(ConfigEntry later) {
    List<Node> all = new ArrayList<>(nodes);
    all.addAll(later.nodes);
    return new ConfigEntry(addon, key, later.place, all);
  }

  /**
   * The values as texts, as K3s hands them on: numbers as written, null as nothing, lists item by
   * item.
   *
   * @throws ConfigurationException if a value is a mapping or a list in a list
   */
  List<Setting> settings() {
    List<Setting> settings = new ArrayList<>();
    for (Node node : nodes) {
      if (node instanceof SequenceNode list) {
        list.getValue().forEach(item -> settings.add(setting(item)));
      } else {
        settings.add(setting(node));
      }
    }
    return settings;
  }

  private Setting setting(Node node) {
    String origin = "%s: key '%s'".formatted(placeOf(node), shown(fullKey()));
    if (node instanceof ScalarNode scalar) {
      return new Setting(textOf(scalar), origin);
    }
    throw new ConfigurationException(
        "%s: found %s, expected a value or a list of values"
            .formatted(origin, node instanceof SequenceNode ? "a list in a list" : "a mapping"));
  }

  /**
   * A key as a message has it. What no option could be called is not shown: it may be a secret
   * value that got into the place of a key, or end a line of a log.
   */
  static String shown(String key) {
    return KEY.matcher(key).matches() ? key : "(not shown)";
  }

  /** {@code file:line:column}, from 1. */
  static String placeOf(Node node) {
    return node.getStartMark().map(ConfigEntry::placeOf).orElseThrow();
  }

  static String placeOf(Mark mark) {
    return "%s:%d:%d".formatted(mark.getName(), mark.getLine() + 1, mark.getColumn() + 1);
  }

  static String textOf(ScalarNode scalar) {
    if (!scalar.isPlain()) {
      return scalar.getValue();
    }
    if (scalar.getTag().equals(Tag.NULL)) {
      return "";
    }
    return scalar.getTag().equals(Tag.BOOL)
        ? scalar.getValue().toLowerCase(Locale.ROOT)
        : scalar.getValue();
  }
}
