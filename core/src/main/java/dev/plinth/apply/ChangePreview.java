package dev.plinth.apply;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.plinth.apply.ChangeSet.Step;
import dev.plinth.apply.ObjectPreview.Change;
import dev.plinth.cluster.ClusterApi;
import dev.plinth.cluster.ObservedObject;
import dev.plinth.manifest.ManifestDocument;
import dev.plinth.manifest.ObjectReference;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Tells what executing change sets would do, in the order in which it would be done, by server-side
 * dry run. Writes nothing. One instance serves one plan: it remembers which namespaces and kinds
 * earlier sets of the plan bring.
 */
public final class ChangePreview {

  private final ClusterApi api;
  private final Set<String> plannedNamespaces = new HashSet<>();
  private final Set<String> plannedKinds = new HashSet<>();
  private final Map<ObjectReference, PlannedObject> planned = new LinkedHashMap<>();

  public ChangePreview(ClusterApi api) {
    this.api = api;
  }

  /**
   * From now on this kind counts as one that the plan brings: a definition outside of any manifest.
   */
  public void expectKind(String group, String kind) {
    plannedKinds.add(group + "/" + kind);
  }

  /** What {@link ApplyEngine#apply} and {@link ApplyEngine#prune} would do. */
  public List<ObjectPreview> preview(ChangeSet changes, DeleteRules rules) {
    List<ObjectPreview> previews = new ArrayList<>();
    List<Step> steps = new ArrayList<>(changes.steps());
    steps.sort(Comparator.comparing(ChangePreview::phase));
    for (Step step : steps) {
      previews.add(preview(step));
    }
    if (previews.stream().noneMatch(it -> it.change() == Change.FAIL)) {
      previews.addAll(previewDelete(changes.prune(), rules));
    }
    return previews;
  }

  /** What {@link ApplyEngine#delete} would do. */
  public List<ObjectPreview> previewDelete(List<ObservedObject> members, DeleteRules rules) {
    return members.stream()
        .sorted(Comparator.comparing((ObservedObject it) -> Phase.of(it.kind())).reversed())
        .map(
            it ->
                rules
                    .reasonToKeep(it)
                    .map(kept -> ObjectPreview.of(kept.object(), Change.LEAVE, kept.message()))
                    .orElseGet(() -> deleted(Outcomes.referenceTo(it))))
        .toList();
  }

  /**
   * The objects that would be created, changed or deleted, as they would be then; in the order of
   * the previews.
   */
  public List<PlannedObject> planned() {
    return List.copyOf(planned.values());
  }

  private ObjectPreview preview(Step step) {
    if (step instanceof Step.Leave leave) {
      return ObjectPreview.of(leave.desired().reference(), Change.LEAVE, "");
    } else if (step instanceof Step.Tolerate tolerate) {
      return ObjectPreview.of(
          tolerate.desired().reference(), Change.LEAVE, "changed by others, and left so");
    } else if (step instanceof Step.Refuse refuse) {
      return ObjectPreview.of(refuse.desired().reference(), Change.FAIL, refuse.message());
    } else if (step instanceof Step.Await await) {
      return unserved(await.document());
    } else if (step instanceof Step.Fail fail) {
      return ObjectPreview.of(
          fail.object(),
          fail.outcome().action() == ObjectOutcome.Action.SKIPPED ? Change.LEAVE : Change.FAIL,
          fail.outcome().message());
    }
    return apply((Step.Apply) step);
  }

  private ObjectPreview deleted(ObjectReference object) {
    note(object, Optional.empty());
    return ObjectPreview.of(object, Change.DELETE, "");
  }

  private ObjectPreview apply(Step.Apply step) {
    DesiredObject desired = step.desired();
    Optional<ObjectNode> live = api.get(desired.kind(), desired.namespace(), desired.name());
    try {
      ObjectNode result =
          api.dryRunApply(desired.kind(), desired.bodyWithMark(desired.hash()), step.force());
      expect(desired);
      note(desired.reference(), Optional.of(result));
      return live.map(
              before ->
                  new ObjectPreview(
                      desired.reference(),
                      Change.CHANGE,
                      true,
                      FieldChange.between(
                          before, result, desired.kind().groupKind().equals("Secret")),
                      step.transfer().isPresent() ? "adopted from K3s" : ""))
          .orElseGet(() -> ObjectPreview.of(desired.reference(), Change.CREATE, ""));
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND
          && plannedNamespaces.contains(desired.namespace())) {
        note(desired.reference(), Optional.of(desired.body()));
        return unverified(desired.reference());
      }
      if (ApplyFailure.asksForReplacement(e, desired)) {
        note(desired.reference(), Optional.of(desired.body()));
        return ObjectPreview.of(desired.reference(), Change.REPLACE, "");
      }
      return ObjectPreview.of(
          desired.reference(), Change.FAIL, ApplyFailure.of(e, desired).message());
    }
  }

  private ObjectPreview unserved(ManifestDocument document) {
    ObjectReference reference = document.reference();
    if (plannedKinds.contains(reference.group() + "/" + reference.kind())) {
      note(reference, Optional.of(document.content()));
      return unverified(reference);
    }
    return ObjectPreview.of(
        reference,
        Change.FAIL,
        "the server has no kind %s in %s".formatted(reference.kind(), reference.apiVersion()));
  }

  private void note(ObjectReference object, Optional<ObjectNode> content) {
    planned.put(object, new PlannedObject(object, content));
  }

  private static ObjectPreview unverified(ObjectReference object) {
    return new ObjectPreview(
        object,
        Change.CREATE,
        false,
        List.of(),
        "not tried: it needs an object of this plan first");
  }

  private void expect(DesiredObject desired) {
    if (desired.phase() == Phase.NAMESPACES) {
      plannedNamespaces.add(desired.name());
    } else if (desired.phase() == Phase.DEFINITIONS) {
      expectKind(
          desired.body().path("spec").path("group").asText(),
          desired.body().path("spec").path("names").path("kind").asText());
    }
  }

  /** A kind that is not served yet comes after the definitions. */
  private static Phase phase(Step step) {
    if (step instanceof Step.Leave leave) {
      return leave.desired().phase();
    } else if (step instanceof Step.Tolerate tolerate) {
      return tolerate.desired().phase();
    } else if (step instanceof Step.Apply apply) {
      return apply.desired().phase();
    } else if (step instanceof Step.Refuse refuse) {
      return refuse.desired().phase();
    }
    return Phase.WORKLOADS;
  }
}
