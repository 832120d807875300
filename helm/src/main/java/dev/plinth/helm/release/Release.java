package dev.plinth.helm.release;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A revision of a release, as it is stored. Its document holds values and rendered Secrets: it is
 * in no log and not in {@link #toString()}.
 */
public final class Release {

  /**
   * A manifest that Helm runs at certain events instead of with the others.
   *
   * @param events such as {@code pre-delete}
   * @param manifest one YAML document
   */
  public record Hook(String name, String kind, List<String> events, String manifest) {
    public Hook {
      events = List.copyOf(events);
    }

    @Override
    public String toString() {
      return kind + " " + name + " " + events;
    }
  }

  private final ObjectNode document;
  private final Map<String, String> labels;

  /**
   * @param document as Helm serialises a release
   * @param labels of the object that it is stored in, without Helm's own
   */
  Release(ObjectNode document, Map<String, String> labels) {
    this.document = document;
    this.labels = Map.copyOf(labels);
  }

  public ReleaseName name() {
    return new ReleaseName(document.path("namespace").asText(), document.path("name").asText());
  }

  /** 1 for the first one. */
  public int revision() {
    return document.path("version").asInt();
  }

  public ReleaseStatus status() {
    return ReleaseStatus.of(document.path("info").path("status").asText());
  }

  /** What Helm says about the revision: how it came to be, or why it failed. */
  public String description() {
    return document.path("info").path("description").asText();
  }

  public String chartName() {
    return document.path("chart").path("metadata").path("name").asText();
  }

  public String chartVersion() {
    return document.path("chart").path("metadata").path("version").asText();
  }

  /** Version of what the chart installs; empty if the chart does not say. */
  public Optional<String> appVersion() {
    return Optional.of(document.path("chart").path("metadata").path("appVersion").asText())
        .filter(version -> !version.isEmpty());
  }

  public Optional<Instant> firstDeployed() {
    return time("first_deployed");
  }

  public Optional<Instant> lastDeployed() {
    return time("last_deployed");
  }

  private Optional<Instant> time(String field) {
    String text = document.path("info").path(field).asText();
    try {
      return text.isEmpty()
          ? Optional.empty()
          : Optional.of(OffsetDateTime.parse(text).toInstant());
    } catch (DateTimeParseException e) {
      return Optional.empty(); // not worth refusing a release for
    }
  }

  /** The values that the release was made with, without the chart's defaults. Holds secrets. */
  public ObjectNode values() {
    return document.path("config") instanceof ObjectNode values
        ? values.deepCopy()
        : document.objectNode();
  }

  /** The rendered objects as YAML documents, without hooks. May hold Secrets. */
  public String manifest() {
    return document.path("manifest").asText();
  }

  public List<Hook> hooks() {
    List<Hook> hooks = new ArrayList<>();
    document
        .path("hooks")
        .forEach(
            hook -> {
              List<String> events = new ArrayList<>();
              hook.path("events").forEach(event -> events.add(event.asText()));
              hooks.add(
                  new Hook(
                      hook.path("name").asText(),
                      hook.path("kind").asText(),
                      events,
                      hook.path("manifest").asText()));
            });
    return hooks;
  }

  /** What the chart has to say to its user; empty if nothing. */
  public Optional<String> notes() {
    return Optional.of(document.path("info").path("notes").asText())
        .filter(notes -> !notes.isEmpty());
  }

  /** Whether Helm 4 has written the objects by server-side apply. */
  public boolean isServerSideApplied() {
    return document.path("apply_method").asText().equals("ssa");
  }

  /** Labels of the object that holds the revision, without Helm's own. */
  public Map<String, String> labels() {
    return labels;
  }

  /** The whole of what is stored. */
  public ObjectNode document() {
    return document.deepCopy();
  }

  @Override
  public String toString() {
    return "%s revision %d (%s, %s-%s)"
        .formatted(name(), revision(), status().helmName(), chartName(), chartVersion());
  }
}
