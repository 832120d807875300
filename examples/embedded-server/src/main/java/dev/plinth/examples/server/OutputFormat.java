package dev.plinth.examples.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.function.Supplier;

/** How what a command has found is written to standard output. */
enum OutputFormat {
  /** For people. */
  TABLE,
  /** For programs: one JSON document. */
  JSON,
  /** The same as YAML. */
  YAML;

  /**
   * The whole text, ending in a line break.
   *
   * @param table what people read
   * @param document what programs read: a record, or a tree of Jackson's. Its shape is an
   *     interface: names and types stay, new fields may come.
   */
  String render(Supplier<String> table, Supplier<?> document) {
    return switch (this) {
      case TABLE -> table.get();
      case JSON ->
          write(new ObjectMapper().writerWithDefaultPrettyPrinter(), document.get())
              + System.lineSeparator();
      case YAML ->
          write(
              YAMLMapper.builder()
                  .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                  .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
                  .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
                  .build()
                  .writer(),
              document.get());
    };
  }

  private static String write(ObjectWriter writer, Object document) {
    try {
      return writer.writeValueAsString(document);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("records of texts and numbers can always be written", e);
    }
  }
}
