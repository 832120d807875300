package dev.plinth.helm.release;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.plinth.helm.release.ReleaseObjects.StoredObject;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * The stored revisions of releases, as Helm 3 and 4 store them.
 *
 * <p>Reading needs no engine and costs a list of the release's own objects. Writing is for what no
 * engine offers: labels, a text, the mending of a revision whose writer died. Writes are guarded by
 * the resource version. All methods throw {@link
 * io.fabric8.kubernetes.client.KubernetesClientException} for what the API server refuses, and
 * {@link UnreadableReleaseException}.
 */
public final class ReleaseStorage {

  /** Labels that are Helm's own; others are the user's and are carried on to later revisions. */
  private static final Set<String> SYSTEM_LABELS =
      Set.of("name", "owner", "status", "version", "createdAt", "modifiedAt");

  private final ReleaseObjects objects;
  private final InstantSource clock;
  private final ReleaseCodec codec = new ReleaseCodec();

  /**
   * @param client with the rights to read (and for writes: update, delete) the objects of the
   *     driver's kind in the releases' namespaces; stays open
   */
  public ReleaseStorage(KubernetesClient client, StorageDriver driver, InstantSource clock) {
    this.objects = ReleaseObjects.of(client, driver);
    this.clock = requireNonNull(clock, "clock");
  }

  /** All stored revisions, the oldest first. */
  public List<Release> history(ReleaseName name) {
    return stored(name).stream().map(this::decode).toList();
  }

  /** The revision with the highest number, whatever its status. */
  public Optional<Release> latest(ReleaseName name) {
    List<StoredObject> stored = stored(name);
    return stored.isEmpty() ? Optional.empty() : Optional.of(decode(stored.get(stored.size() - 1)));
  }

  public Optional<Release> revision(ReleaseName name, int revision) {
    return objects.get(name.namespace(), objectName(name, revision)).map(this::decode);
  }

  /** Sets labels of the object that holds a revision; Helm carries them on to later ones. */
  public void label(ReleaseName name, int revision, Map<String, String> labels) {
    objects
        .get(name.namespace(), objectName(name, revision))
        .filter(found -> !found.metadata().getLabels().entrySet().containsAll(labels.entrySet()))
        .ifPresent(
            found ->
                objects.replace(
                    new StoredObject(
                        new ObjectMetaBuilder(found.metadata()).addToLabels(labels).build(),
                        found.text())));
  }

  /**
   * Changes what is stored of a revision.
   *
   * @return the changed revision; empty if there is none of that number
   */
  public Optional<Release> amend(
      ReleaseName name, int revision, UnaryOperator<ObjectNode> amendment) {
    return objects
        .get(name.namespace(), objectName(name, revision))
        .map(
            found -> {
              ObjectNode amended = amendment.apply(document(found));
              StoredObject replacement =
                  new StoredObject(
                      new ObjectMetaBuilder(found.metadata())
                          .addToLabels("status", amended.path("info").path("status").asText())
                          .addToLabels(
                              "modifiedAt", Long.toString(clock.instant().getEpochSecond()))
                          .build(),
                      codec.encode(amended));
              objects.replace(replacement);
              return new Release(amended, userLabels(replacement));
            });
  }

  /** Gives a revision another status, with a text that says why. */
  public Optional<Release> setStatus(
      ReleaseName name, int revision, ReleaseStatus status, String description) {
    return amend(
        name,
        revision,
        document -> {
          document.withObject("/info").put("status", status.helmName());
          document.withObject("/info").put("description", description);
          return document;
        });
  }

  /**
   * Deletes the oldest revisions until no more than the given number are left, as Helm does: the
   * last one and the last deployed one stay.
   */
  public void prune(ReleaseName name, int keep) {
    List<StoredObject> stored = stored(name);
    Optional<StoredObject> deployed =
        stored.stream()
            .filter(
                object ->
                    ReleaseStatus.DEPLOYED
                        .helmName()
                        .equals(object.metadata().getLabels().get("status")))
            .reduce((older, newer) -> newer);
    stored.stream()
        .limit(Math.max(0, stored.size() - Math.max(1, keep)))
        .filter(object -> !deployed.equals(Optional.of(object)))
        .forEach(object -> objects.delete(name.namespace(), object.metadata().getName()));
  }

  private List<StoredObject> stored(ReleaseName name) {
    return objects.list(name.namespace(), Map.of("owner", "helm", "name", name.name())).stream()
        .filter(object -> revisionOf(object) > 0)
        .sorted(Comparator.comparingInt(ReleaseStorage::revisionOf))
        .toList();
  }

  /** 0 for one that is not Helm's, whatever its labels say. */
  private static int revisionOf(StoredObject object) {
    try {
      return Integer.parseInt(object.metadata().getLabels().getOrDefault("version", ""));
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private Release decode(StoredObject object) {
    return new Release(document(object), userLabels(object));
  }

  private ObjectNode document(StoredObject object) {
    try {
      return codec.decode(object.text());
    } catch (JacksonException e) {
      throw unreadable(object, "is no JSON", null); // its text would quote the content
    } catch (IOException e) {
      throw unreadable(object, e.getMessage(), e);
    }
  }

  private static UnreadableReleaseException unreadable(
      StoredObject object, String problem, Throwable cause) {
    return new UnreadableReleaseException(
        "The release in %s, key %s, %s".formatted(object, ReleaseObjects.KEY, problem), cause);
  }

  private static Map<String, String> userLabels(StoredObject object) {
    Map<String, String> labels = new HashMap<>(object.metadata().getLabels());
    labels.keySet().removeAll(SYSTEM_LABELS);
    return labels;
  }

  private static String objectName(ReleaseName name, int revision) {
    return "sh.helm.release.v1." + name.name() + ".v" + revision;
  }
}
