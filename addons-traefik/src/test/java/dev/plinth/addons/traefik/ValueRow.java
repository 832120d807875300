package dev.plinth.addons.traefik;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * A value of the chart.
 *
 * @param by who sets it: {@code plinth}, {@code user}, or {@code old} for what is no value any more
 * @param values with it
 * @param otherwise without it
 * @param rendered what its effect is
 * @param compact the same for the compact chart where that differs
 * @param fate what becomes of it if it is old
 */
record ValueRow(
    String path,
    String by,
    JsonNode values,
    JsonNode otherwise,
    String rendered,
    String compact,
    String fate) {

  ValueRow {
    otherwise = otherwise == null ? JsonNodeFactory.instance.objectNode() : otherwise;
    compact = compact == null ? rendered : compact;
  }

  static List<ValueRow> read() {
    YAMLMapper mapper = new YAMLMapper();
    try (InputStream in = ValueRow.class.getResourceAsStream("values.yaml")) {
      return mapper.readValue(
          in, mapper.getTypeFactory().constructCollectionType(List.class, ValueRow.class));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<ValueRow> by(String who) {
    return read().stream().filter(row -> row.by().equals(who)).toList();
  }

  @Override
  public String toString() {
    return path;
  }
}
