package dev.plinth.manifest;

import java.util.Iterator;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/** YAML as the parser's events, which are made as they are asked for. */
final class YamlEvents {

  private static final int SMALLEST_BUFFER = 1024;

  /** A scalar as long as the text is copied this often while it is read. */
  private static final int MOST_BUFFERS = 16;

  private YamlEvents() {}

  /**
   * Begins to parse. The iterator throws {@link
   * org.snakeyaml.engine.v2.exceptions.YamlEngineException}, whose message quotes the text.
   */
  static Iterator<Event> of(String text) {
    // The size of what is parsed is limited before.
    LoadSettings settings =
        LoadSettings.builder()
            .setCodePointLimit(Integer.MAX_VALUE)
            .setBufferSize(Math.max(SMALLEST_BUFFER, text.length() / MOST_BUFFERS))
            .build();
    return new ParserImpl(settings, new StreamReader(settings, text));
  }
}
