package dev.plinth.config;

import static java.util.Comparator.comparing;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.YamlUnicodeReader;
import org.snakeyaml.engine.v2.composer.Composer;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.parser.Parser;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/**
 * A configuration file and its drop-ins, merged as K3s does: the drop-ins are the files {@code
 * *.yaml} and {@code *.yml} of the directory {@code <file>.d}, by name, and come after the file. A
 * key of a later file replaces an earlier one and keeps its place; with a plus sign behind it, it
 * adds to it. The section {@code addons.<add-on>} is merged key by key too.
 *
 * @param entries the keys in the order first seen
 */
record ConfigFiles(List<ConfigEntry> entries) {

  /** With a plus sign or without: it is merged key by key anyway. */
  private static final Set<String> ADDONS = Set.of("addons", "addons+");

  /** Where the YAML library's words quote more of the text than one character. */
  private static final Pattern QUOTE =
      Pattern.compile("(tag handle|valid version:|numbers, but found:) .*", Pattern.DOTALL);

  /** Far more than any key needs that is read. */
  private static final int DEEPEST_NESTING = 50;

  /**
   * Reads the file and its drop-ins; either may be missing.
   *
   * @throws ConfigurationException if a file cannot be read or is no YAML mapping
   */
  static ConfigFiles read(Path file) {
    Map<String, ConfigEntry> merged = new LinkedHashMap<>();
    for (Path each : existing(file)) {
      for (Occurrence occurrence : occurrences(each)) {
        merged.merge(
            occurrence.entry.fullKey(),
            occurrence.entry,
            occurrence.appends ? ConfigEntry::append : (earlier, later) -> later);
      }
    }
    return new ConfigFiles(List.copyOf(merged.values()));
  }

  /** Whether there is anything to read. */
  static boolean exist(Path file) {
    return !existing(file).isEmpty();
  }

  private static List<Path> existing(Path file) {
    List<Path> files = new ArrayList<>();
    // What exists but cannot be seen must not pass for missing.
    if (!Files.notExists(file)) {
      files.add(file);
    }
    Path directory = file.resolveSibling(file.getFileName() + ".d");
    if (Files.isDirectory(directory)) {
      try (Stream<Path> children = Files.list(directory)) {
        children
            .filter(ConfigFiles::isDropIn)
            .sorted(comparing(it -> it.getFileName().toString()))
            .forEach(files::add);
      } catch (IOException e) {
        throw new ConfigurationException("%s: cannot be read: %s".formatted(directory, e), e);
      }
    }
    return files;
  }

  private static boolean isDropIn(Path path) {
    String name = path.getFileName().toString().toLowerCase(Locale.ROOT);
    return (name.endsWith(".yaml") || name.endsWith(".yml")) && !Files.isDirectory(path);
  }

  /** A key as one file has it. */
  private record Occurrence(ConfigEntry entry, boolean appends) {

    static Occurrence of(Optional<String> addon, NodeTuple tuple) {
      String written = keyOf(tuple);
      boolean appends = written.length() > 1 && written.endsWith("+");
      String key = appends ? written.substring(0, written.length() - 1) : written;
      String place = ConfigEntry.placeOf(tuple.getKeyNode());
      return new Occurrence(
          new ConfigEntry(addon, key, place, List.of(tuple.getValueNode())), appends);
    }
  }

  private static List<Occurrence> occurrences(Path file) {
    List<Occurrence> occurrences = new ArrayList<>();
    for (NodeTuple tuple : compose(file).map(it -> tuples(it, "the file")).orElse(List.of())) {
      if (!ADDONS.contains(keyOf(tuple))) {
        occurrences.add(Occurrence.of(Optional.empty(), tuple));
        continue;
      }
      for (NodeTuple section : tuples(tuple.getValueNode(), "key 'addons'")) {
        String addon = keyOf(section);
        tuples(section.getValueNode(), "key 'addons.%s'".formatted(ConfigEntry.shown(addon)))
            .stream()
            .map(it -> Occurrence.of(Optional.of(addon), it))
            .forEach(occurrences::add);
      }
    }
    return occurrences;
  }

  private static Optional<Node> compose(Path file) {
    try {
      byte[] content = Files.readAllBytes(file);
      LoadSettings settings =
          LoadSettings.builder()
              .setLabel(file.toString())
              .setSchema(new CoreSchema())
              .setAllowNonScalarKeys(true)
              // All of it: the library fails where a buffer ends with half a character.
              .setBufferSize(content.length + 1)
              .build();
      refuseDeepNesting(() -> parser(settings, content));
      return new Composer(settings, parser(settings, content)).getSingleNode();
    } catch (MarkedYamlEngineException e) {
      // Not as cause: its message quotes the file, which may hold secrets.
      String place = e.getProblemMark().map(ConfigEntry::placeOf).orElse(file.toString());
      throw new ConfigurationException("%s: no valid YAML: %s".formatted(place, problem(e)));
    } catch (NumberFormatException e) {
      throw new ConfigurationException(
          "%s: no valid YAML: it ends within an escape".formatted(file));
    } catch (YamlEngineException e) {
      throw new ConfigurationException("%s: no valid YAML: %s".formatted(file, e.getMessage()));
    } catch (IOException e) {
      throw new ConfigurationException("%s: cannot be read: %s".formatted(file, e), e);
    }
  }

  private static String problem(MarkedYamlEngineException e) {
    return QUOTE.matcher(e.getProblem()).replaceAll("$1").replaceAll("\\p{Cntrl}", " ");
  }

  /** Put together by hand: what would do it lies in a package that its module does not export. */
  private static Parser parser(LoadSettings settings, byte[] content) {
    return new ParserImpl(
        settings,
        new StreamReader(settings, new YamlUnicodeReader(new ByteArrayInputStream(content))));
  }

  /** Composing is recursive, so nesting without end would end the thread's stack. */
  private static void refuseDeepNesting(Iterable<Event> events) {
    int depth = 0;
    for (Event event : events) {
      if (event instanceof CollectionStartEvent && ++depth > DEEPEST_NESTING) {
        throw new ConfigurationException(
            "%s: nested too deeply, expected at most %d levels"
                .formatted(
                    event.getStartMark().map(ConfigEntry::placeOf).orElseThrow(), DEEPEST_NESTING));
      }
      if (event instanceof CollectionEndEvent) {
        depth--;
      }
    }
  }

  /** The keys and values of a mapping; none of null. */
  private static List<NodeTuple> tuples(Node node, String what) {
    if (node instanceof ScalarNode scalar && scalar.getTag().equals(Tag.NULL)) {
      return List.of();
    }
    if (!(node instanceof MappingNode mapping)) {
      throw new ConfigurationException(
          "%s: %s: found %s, expected keys with values"
              .formatted(
                  ConfigEntry.placeOf(node),
                  what,
                  node instanceof ScalarNode ? "a single value" : "a list"));
    }
    Map<String, String> places = new HashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      String place = ConfigEntry.placeOf(tuple.getKeyNode());
      String earlier = places.putIfAbsent(keyOf(tuple), place);
      if (earlier != null) {
        throw new ConfigurationException(
            "%s: key '%s' is there already, at %s"
                .formatted(place, ConfigEntry.shown(keyOf(tuple)), earlier));
      }
    }
    return mapping.getValue();
  }

  private static String keyOf(NodeTuple tuple) {
    if (tuple.getKeyNode() instanceof ScalarNode scalar) {
      return ConfigEntry.textOf(scalar);
    }
    throw new ConfigurationException(
        "%s: found a list or mapping as key, expected a name"
            .formatted(ConfigEntry.placeOf(tuple.getKeyNode())));
  }
}
