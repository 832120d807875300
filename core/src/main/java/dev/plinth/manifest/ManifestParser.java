package dev.plinth.manifest;

import static java.util.Comparator.comparingInt;
import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Reads manifests as kubectl does, with the place of everything and without kubectl's tolerance:
 * keys and objects that are there twice are refused. Immutable.
 *
 * <ul>
 *   <li>YAML of any number of documents, or JSON objects one after the other
 *   <li>scalars mean what they mean to kubectl: {@code yes} is true, {@code 010} is eight
 *   <li>a {@code List}, and any kind that ends so and has {@code items}, is replaced by its items
 *   <li>documents that are blank, of comments only, or null are left out
 * </ul>
 */
public final class ManifestParser {

  private static final Comparator<ManifestProblem> IN_FILE_ORDER =
      comparingInt((ManifestProblem p) -> p.location().line())
          .thenComparingInt(p -> p.location().column());

  private final ManifestLimits limits;

  /** A parser with the {@linkplain ManifestLimits#DEFAULT default limits}. */
  public ManifestParser() {
    this(ManifestLimits.DEFAULT);
  }

  /**
   * @param limits beyond which a manifest is refused
   */
  public ManifestParser(ManifestLimits limits) {
    this.limits = requireNonNull(limits, "limits");
  }

  /**
   * Reads a manifest.
   *
   * @param source the file as the user knows it; all messages name it
   * @param content UTF-8, with or without a byte order mark
   * @return the declared objects in the order of the file; empty if there are none
   * @throws ManifestException if the manifest cannot be used, with all that was found wrong
   */
  public List<ManifestDocument> parse(String source, byte[] content) {
    String text = Utf8Text.decode(source, content, limits);
    List<ManifestProblem> problems = new ArrayList<>();
    List<Value> documents = new ManifestReader(source, text, limits, problems).read();
    List<ManifestDocument> objects =
        new ObjectExtractor(source, limits, problems).extract(documents);
    if (!problems.isEmpty()) {
      problems.sort(IN_FILE_ORDER);
      throw new ManifestException(source, problems);
    }
    return objects;
  }

  /**
   * Reads the documents of a text that need not declare objects, by the same rules: keys that are
   * there twice are refused.
   *
   * @param source the file as the user knows it; all messages and places name it
   * @return its documents in order, without those that are blank, of comments only, or null
   * @throws ManifestException if it cannot be read, with all that was found wrong
   */
  public List<YamlTree> documents(String source, String content) {
    String text = Utf8Text.decode(source, content.getBytes(StandardCharsets.UTF_8), limits);
    List<ManifestProblem> problems = new ArrayList<>();
    List<Value> documents = new ManifestReader(source, text, limits, problems).read();
    if (!problems.isEmpty()) {
      problems.sort(IN_FILE_ORDER);
      throw new ManifestException(source, problems);
    }
    return documents.stream().map(it -> it.withPlaces(source)).toList();
  }

  /** Reads a manifest that is already text; otherwise as {@link #parse(String, byte[])}. */
  public List<ManifestDocument> parse(String source, String content) {
    return parse(source, content.getBytes(StandardCharsets.UTF_8));
  }
}
