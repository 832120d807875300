package dev.plinth.manifest;

import java.util.Iterator;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/** YAML as the parser's events, which are made as they are asked for. */
final class YamlEvents {

  /** The size of what is parsed is limited before. */
  private static final LoadSettings SETTINGS =
      LoadSettings.builder().setCodePointLimit(Integer.MAX_VALUE).build();

  private YamlEvents() {}

  /**
   * Begins to parse. The iterator throws {@link
   * org.snakeyaml.engine.v2.exceptions.YamlEngineException}, whose message quotes the text.
   */
  static Iterator<Event> of(String text) {
    return new ParserImpl(SETTINGS, new StreamReader(SETTINGS, text));
  }
}
