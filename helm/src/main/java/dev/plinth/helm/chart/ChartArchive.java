package dev.plinth.helm.chart;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.plinth.helm.values.ChartDefaults;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The parts of a chart that matter before Helm sees it. Helm itself is given the archive.
 *
 * @param valuesYaml the text of {@code values.yaml}
 * @param schema the text of {@code values.schema.json}
 * @param charts the charts in it, as their files or directories in {@code charts/} are called
 * @param crds what is in {@code crds/} of the chart and of the charts in it: path to text
 */
public record ChartArchive(
    ChartMetadata metadata,
    Optional<String> valuesYaml,
    Optional<String> schema,
    SortedSet<String> charts,
    SortedMap<String, String> crds) {

  private static final int DEEPEST = 8;
  private static final Pattern CHART_IN_IT =
      Pattern.compile("[^/]+/charts/(?<name>[^/]+)(\\.tgz|/Chart\\.yaml)");
  private static final ObjectMapper YAML = YAMLMapper.builder().build();

  public ChartArchive {
    charts = Collections.unmodifiableSortedSet(new TreeSet<>(charts));
    crds = Collections.unmodifiableSortedMap(new TreeMap<>(crds));
  }

  /**
   * Reads an archive, {@code .tgz}.
   *
   * @throws InvalidChartException if it is not a chart's, or breaks {@link ArchiveLimits}
   * @throws IOException if the file can't be read
   */
  public static ChartArchive read(Path file) throws IOException, InvalidChartException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      return read(in, file.getFileName().toString());
    }
  }

  /**
   * Reads an archive from its bytes.
   *
   * @param name of the archive, for messages
   */
  public static ChartArchive read(byte[] archive, String name) throws InvalidChartException {
    try {
      return read(new ByteArrayInputStream(archive), name);
    } catch (IOException e) {
      throw new InvalidChartException("%s is no chart archive: %s".formatted(name, e), e);
    }
  }

  private static ChartArchive read(InputStream archive, String name)
      throws IOException, InvalidChartException {
    Map<String, byte[]> files =
        new ArchiveReader(name, ArchiveLimits.HELM).read(archive, ChartArchive::isWanted);
    List<String> roots =
        files.keySet().stream().filter(path -> path.matches("[^/]+/Chart\\.yaml")).toList();
    if (roots.size() != 1) {
      throw new InvalidChartException(
          "%s is no chart archive: expected one directory with a Chart.yaml, found %d"
              .formatted(name, roots.size()));
    }
    String root = roots.get(0).substring(0, roots.get(0).indexOf('/') + 1);
    SortedMap<String, String> crds = new TreeMap<>();
    collectCrds(files, name, "", crds, 0);
    return new ChartArchive(
        metadata(name, files.get(roots.get(0))),
        text(files, root + "values.yaml"),
        text(files, root + "values.schema.json"),
        charts(files.keySet(), root),
        crds);
  }

  private static boolean isWanted(String path) {
    return path.matches("[^/]+/(Chart\\.yaml|values\\.yaml|values\\.schema\\.json)")
        || CHART_IN_IT.matcher(path).matches()
        || path.matches("([^/]+/charts/)*[^/]+/crds/.*\\.(yaml|yml|json)");
  }

  private static SortedSet<String> charts(Set<String> paths, String root) {
    SortedSet<String> charts = new TreeSet<>();
    for (String path : paths) {
      Matcher matcher = CHART_IN_IT.matcher(path);
      if (path.startsWith(root) && matcher.matches()) {
        charts.add(matcher.group("name"));
      }
    }
    return charts;
  }

  private static void collectCrds(
      Map<String, byte[]> files,
      String name,
      String prefix,
      SortedMap<String, String> crds,
      int depth)
      throws IOException, InvalidChartException {
    if (depth > DEEPEST) {
      throw new InvalidChartException(
          "%s has charts in charts, more than %d deep".formatted(name, DEEPEST));
    }
    List<String> nested = new ArrayList<>();
    files.forEach(
        (path, content) -> {
          if (path.contains("/crds/")) {
            crds.put(prefix + path, new String(content, UTF_8));
          } else if (path.endsWith(".tgz")) {
            nested.add(path);
          }
        });
    for (String path : nested) {
      Map<String, byte[]> inner =
          new ArchiveReader(name + ": " + path, ArchiveLimits.HELM)
              .read(new ByteArrayInputStream(files.get(path)), ChartArchive::isWanted);
      collectCrds(inner, name, prefix + path + "!", crds, depth + 1);
    }
  }

  /** {@code Chart.yaml}, with null for what it does not say. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  private record Document(
      String apiVersion,
      String name,
      String version,
      String type,
      String appVersion,
      String kubeVersion) {

    ChartMetadata metadata() {
      return new ChartMetadata(
          apiVersion == null ? "v1" : apiVersion,
          name,
          version,
          isBlank(type) ? "application" : type,
          Optional.ofNullable(appVersion).filter(text -> !text.isBlank()),
          Optional.ofNullable(kubeVersion).filter(text -> !text.isBlank()));
    }
  }

  private static ChartMetadata metadata(String name, byte[] content) throws InvalidChartException {
    try {
      // Bound to text: a tree would make a number of the version 1.10, and drop its zero.
      Document document =
          YAML.readTree(content).isObject() ? YAML.readValue(content, Document.class) : null;
      if (document == null || isBlank(document.name()) || isBlank(document.version())) {
        throw new InvalidChartException(
            "%s: Chart.yaml: expected a name and a version".formatted(name));
      }
      ChartMetadata metadata = document.metadata();
      if (!metadata.name().matches("[A-Za-z0-9][A-Za-z0-9._-]*")) {
        throw new InvalidChartException(
            "%s: Chart.yaml: name: \"%s\" is no name of a chart".formatted(name, metadata.name()));
      }
      return metadata;
    } catch (JsonProcessingException e) {
      throw new InvalidChartException(
          "%s: Chart.yaml: %s".formatted(name, e.getOriginalMessage()), e);
    } catch (IOException e) {
      throw new InvalidChartException("%s: Chart.yaml: %s".formatted(name, e.getMessage()), e);
    }
  }

  private static boolean isBlank(String text) {
    return text == null || text.isBlank();
  }

  private static Optional<String> text(Map<String, byte[]> files, String path) {
    return Optional.ofNullable(files.get(path)).map(content -> new String(content, UTF_8));
  }

  /**
   * What it says about its own values; of the charts in it nothing is said, as the values decide
   * which of them are in use.
   */
  public ChartDefaults defaults() {
    return new ChartDefaults(metadata.name(), valuesYaml.orElse(""), schema, List.of());
  }

  @Override
  public String toString() {
    return metadata.name() + "-" + metadata.version();
  }
}
