package dev.plinth.manifest;

import java.io.FilterReader;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.util.Iterator;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/** YAML as the parser's events, which are made as they are asked for. */
final class YamlEvents implements Iterator<Event> {

  private static final int SMALLEST_BUFFER = 1024;

  /** A scalar as long as the text is copied this often while it is read. */
  private static final int MOST_BUFFERS = 16;

  private final Iterator<Event> parser;

  private YamlEvents(Iterator<Event> parser) {
    this.parser = parser;
  }

  /**
   * Begins to parse. The iterator throws {@link YamlEngineException}, whose message quotes the
   * text.
   */
  static Iterator<Event> of(String text) {
    // The size of what is parsed is limited before.
    LoadSettings settings =
        LoadSettings.builder()
            .setCodePointLimit(Integer.MAX_VALUE)
            .setBufferSize(Math.max(SMALLEST_BUFFER, text.length() / MOST_BUFFERS))
            .build();
    Reader characters = new WholeCharacters(new StringReader(text));
    return new YamlEvents(new ParserImpl(settings, new StreamReader(settings, characters)));
  }

  @Override
  public boolean hasNext() {
    try {
      return parser.hasNext();
    } catch (NumberFormatException e) {
      throw cutEscape();
    }
  }

  @Override
  public Event next() {
    try {
      return parser.next();
    } catch (NumberFormatException e) {
      throw cutEscape();
    }
  }

  /** What the library makes of a text that ends within {@code \U}; the cause quotes it. */
  private static YamlEngineException cutEscape() {
    return new YamlEngineException("the text ends within an escape");
  }

  /** The library fails where a buffer that is full ends with half a character. */
  private static final class WholeCharacters extends FilterReader {

    WholeCharacters(Reader in) {
      super(in);
    }

    @Override
    public int read(char[] buffer, int offset, int length) throws IOException {
      in.mark(length);
      int read = in.read(buffer, offset, length);
      if (read < 2 || !Character.isHighSurrogate(buffer[offset + read - 1])) {
        return read;
      }
      in.reset();
      return in.read(buffer, offset, read - 1);
    }
  }
}
