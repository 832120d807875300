package dev.plinth.helm.source;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.yaml.snakeyaml.LoaderOptions;

/** The {@code index.yaml} of a repository; JSON is accepted as well, as it is YAML. */
final class RepositoryIndex {

  private static final ObjectMapper JSON =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();
  private static final ObjectMapper YAML =
      YAMLMapper.builder(factory())
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private final Map<String, List<Entry>> entries;
  private final String where;

  /**
   * A version of a chart.
   *
   * @param digest SHA-256 of the archive; null if the index does not say
   * @param urls of the archive, absolute or below the repository's
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Entry(String name, String version, String digest, List<String> urls) {}

  /** What an index holds. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  private record Document(String apiVersion, Map<String, List<Entry>> entries) {}

  private RepositoryIndex(Map<String, List<Entry>> entries, String where) {
    this.entries = entries;
    this.where = where;
  }

  static RepositoryIndex parse(byte[] content, String where) throws ChartSourceException {
    try {
      boolean json = content.length > 0 && content[0] == '{';
      Document document = (json ? JSON : YAML).readValue(content, Document.class);
      if (document == null || document.apiVersion() == null) {
        throw new ChartSourceException(
            where + ": expected an index with an apiVersion, found something else");
      }
      return new RepositoryIndex(document.entries() == null ? Map.of() : document.entries(), where);
    } catch (JsonProcessingException e) {
      throw new ChartSourceException(
          "%s: expected a repository's index, found%s: %s"
              .formatted(
                  where,
                  e.getLocation() == null ? "" : " at line " + e.getLocation().getLineNr(),
                  e.getOriginalMessage().lines().findFirst().orElse("")),
          e);
    } catch (IOException e) {
      throw new ChartSourceException(where + ": " + e.getMessage(), e);
    }
  }

  Entry find(String name, String version) throws ChartSourceException {
    List<Entry> versions =
        entries.getOrDefault(name, List.of()).stream()
            .filter(Objects::nonNull)
            .filter(entry -> entry.version() != null)
            .toList();
    if (versions.isEmpty()) {
      throw new ChartSourceException(
          "%s: expected the chart \"%s\", found %d others%s"
              .formatted(where, name, entries.size(), similar(name)));
    }
    String chosen =
        VersionChoice.choose(
            version, versions.stream().map(Entry::version).toList(), where + ": " + name);
    return versions.stream()
        .filter(entry -> entry.version().equals(chosen))
        .findFirst()
        .orElseThrow();
  }

  private String similar(String name) {
    List<String> similar =
        entries.keySet().stream()
            .filter(other -> other.contains(name) || name.contains(other))
            .sorted()
            .limit(5)
            .toList();
    return similar.isEmpty() ? "" : ", among them " + String.join(", ", similar);
  }

  private static YAMLFactory factory() {
    LoaderOptions options = new LoaderOptions();
    options.setCodePointLimit(Integer.MAX_VALUE); // the download's own limit counts
    return YAMLFactory.builder().loaderOptions(options).build();
  }
}
