package dev.plinth.deploy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.plinth.cluster.ClusterApi;
import dev.plinth.cluster.ResourceKind;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells, as events about an Addon, what is done with it: with K3s's reasons, component and
 * namespace.
 */
public final class AddonEvents {

  private static final Logger LOG = LoggerFactory.getLogger(AddonEvents.class);
  private static final ResourceKind EVENT = new ResourceKind("", "v1", "Event", "events", true);
  private static final String COMPONENT = "deploy";
  private static final int LONGEST_MESSAGE = 1024;

  private final ClusterApi api;
  private final String node;
  private final InstantSource clock;

  /**
   * @param api for writing
   * @param node name of this server's node
   * @param clock for the events' times
   */
  public AddonEvents(ClusterApi api, String node, InstantSource clock) {
    this.api = api;
    this.node = node;
    this.clock = clock;
  }

  /**
   * The reasons of events, a contract with K3s's users; those from {@code ManifestEdited} on are
   * ours.
   */
  public enum Reason {
    READ_MANIFEST_FAILED("ReadManifestFailed", false),
    PARSE_MANIFEST_FAILED("ParseManifestFailed", false),
    VALIDATE_MANIFEST_FAILED("ValidateManifestFailed", false),
    APPLYING_MANIFEST("ApplyingManifest", true),
    APPLY_MANIFEST_FAILED("ApplyManifestFailed", false),
    APPLIED_MANIFEST("AppliedManifest", true),
    DELETING_MANIFEST("DeletingManifest", true),
    MANIFEST_EDITED("ManifestEdited", false),
    MANIFEST_EMPTIED("ManifestEmptied", false),
    NAME_TAKEN("NameTaken", false),
    SOURCES_DIFFER("SourcesDiffer", false),
    OBJECT_DECLARED_TWICE("ObjectDeclaredTwice", false),
    OBJECT_UNHEALTHY("ObjectUnhealthy", false),
    DISABLE_DIFFERS("DisableDiffers", false),
    OVERLAY_FAILED("OverlayFailed", false),
    DRIFTED("Drifted", false),
    CONTESTED("Contested", false),
    INVALID_DRIFT_POLICY("InvalidDriftPolicy", false),
    DRIFT_REPAIRED("DriftRepaired", true);

    private final String text;
    private final boolean normal;

    Reason(String text, boolean normal) {
      this.text = text;
      this.normal = normal;
    }

    /** The reason of that text. */
    static Reason of(String text) {
      return Stream.of(values()).filter(it -> it.text.equals(text)).findFirst().orElseThrow();
    }

    /** The reason as it stands in the event. */
    public String text() {
      return text;
    }
  }

  /**
   * Writes an event. An event that cannot be written is logged, and nothing else: it is no part of
   * the work it tells of.
   *
   * @param addon name of the Addon
   * @param uid its UID
   */
  public void record(String addon, String uid, Reason reason, String message) {
    try {
      api.create(EVENT, AddonResource.NAMESPACE, event(addon, uid, reason, message));
    } catch (KubernetesClientException e) {
      LOG.warn("Event {} about Addon {} not written: {}", reason.text, addon, e.getMessage());
    }
  }

  private ObjectNode event(String addon, String uid, Reason reason, String message) {
    Instant now = clock.instant();
    String time = now.truncatedTo(ChronoUnit.SECONDS).toString();
    ObjectNode event = JsonNodeFactory.instance.objectNode();
    event.put("apiVersion", "v1").put("kind", "Event");
    event
        .putObject("metadata")
        .put("name", addon + "." + UUID.randomUUID().toString().replace("-", ""))
        .put("namespace", AddonResource.NAMESPACE);
    event
        .putObject("involvedObject")
        .put("apiVersion", AddonResource.KIND.apiVersion())
        .put("kind", AddonResource.KIND.kind())
        .put("namespace", AddonResource.NAMESPACE)
        .put("name", addon)
        .put("uid", uid);
    event.put("type", reason.normal ? "Normal" : "Warning");
    event.put("reason", reason.text);
    event.put(
        "message",
        message.length() > LONGEST_MESSAGE ? message.substring(0, LONGEST_MESSAGE) : message);
    event.putObject("source").put("component", COMPONENT).put("host", node);
    event.put("reportingComponent", COMPONENT).put("reportingInstance", node);
    event.put("firstTimestamp", time).put("lastTimestamp", time).put("count", 1);
    return event;
  }
}
