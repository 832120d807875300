package dev.plinth.manifest;

import static java.util.Objects.requireNonNull;

import dev.plinth.manifest.DocumentSplitter.Part;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * YAML that declares no objects, such as the values of a chart: read with the same rules for
 * scalars as a manifest, and with the tolerance of Go's YAML that programs written in Go have by
 * default.
 *
 * @param value what the text says; empty if that is nothing or null
 * @param tolerated what is accepted and probably a mistake: keys that are there twice, of which the
 *     last counts, and text after the first document, which does not count
 */
public record YamlText(Optional<YamlTree> value, List<ManifestProblem> tolerated) {

  public YamlText {
    requireNonNull(value, "value");
    tolerated = List.copyOf(tolerated);
  }

  /**
   * Reads a text within the {@linkplain ManifestLimits#DEFAULT default limits}.
   *
   * @param source the text as the user knows it; all places name it
   * @throws ManifestException if it is no YAML or beyond the limits; its message quotes no value
   */
  public static YamlText parse(String source, String text) {
    return parse(source, text.getBytes(StandardCharsets.UTF_8));
  }

  /** As {@link #parse(String, String)}, of UTF-8 with or without a byte order mark. */
  public static YamlText parse(String source, byte[] content) {
    ManifestLimits limits = ManifestLimits.DEFAULT;
    String text = Utf8Text.decode(source, content, limits);
    List<ManifestProblem> tolerated = new ArrayList<>();
    Optional<Value> value =
        new YamlReader(
                source,
                new Part(text, Position.START),
                new NodeBudget(limits),
                Tolerance.reportingTo(tolerated::add))
            .read();
    return new YamlText(value.map(it -> it.withPlaces(source)), tolerated);
  }
}
