package dev.plinth.helm.controller;

import static java.util.stream.Collectors.toUnmodifiableSet;

import dev.plinth.apply.ObjectPreview;
import dev.plinth.apply.ObjectPreview.Change;
import dev.plinth.apply.PlannedObject;
import dev.plinth.cluster.ClusterApi;
import dev.plinth.cluster.Discovery;
import dev.plinth.helm.engine.EngineChoice;
import dev.plinth.helm.engine.EngineKind;
import dev.plinth.helm.engine.HelmEngines;
import dev.plinth.helm.engine.Redaction;
import dev.plinth.helm.engine.ReleaseTarget;
import dev.plinth.helm.engine.ReleaseValues;
import dev.plinth.helm.engine.RenderRequest;
import dev.plinth.helm.engine.Rendering;
import dev.plinth.helm.model.HelmApi;
import dev.plinth.helm.release.Release;
import dev.plinth.helm.release.StorageDriver;
import dev.plinth.helm.source.FetchedChart;
import dev.plinth.manifest.ObjectReference;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Tells what an operation on a release would do to objects, by rendering the chart. */
final class ReleasePreview {

  private final KubernetesClient client;
  private final ExistingObjects existing;
  private final Discovery discovery;
  private final HelmEngines engines;
  private final EngineKind standard;
  private final Set<ObjectReference> planned;

  /**
   * @param standard the engine of charts that name none
   * @param planned what the plan has already
   */
  ReleasePreview(
      KubernetesClient client,
      ClusterApi api,
      HelmEngines engines,
      EngineKind standard,
      List<PlannedObject> planned) {
    this.client = client;
    this.discovery = new Discovery(api);
    this.existing = new ExistingObjects(api, discovery);
    this.engines = engines;
    this.standard = standard;
    this.planned =
        planned.stream()
            .filter(it -> it.content().isPresent())
            .map(PlannedObject::object)
            .collect(toUnmodifiableSet());
  }

  /** An operation that would be done. */
  record Request(
      Operation operation,
      ChartInputs inputs,
      ChartChoices choices,
      ReleaseTarget target,
      FetchedChart chart) {}

  /** What an uninstallation would do. */
  List<ObjectPreview> uninstall(Release release) {
    return new ReleaseDifference(
            "release %s would be uninstalled".formatted(release.name()), it -> name(it), it -> it)
        .removal(ReleaseManifest.of(release).objects());
  }

  /**
   * What an installation or an upgrade would do, the new record of the release first.
   *
   * @param before the last revision
   * @param inForce its values
   */
  List<ObjectPreview> operation(
      Request request, Optional<Release> before, Optional<ReleaseValues> inForce) {
    ReleaseValues values = ReleaseValues.of(request.inputs().userValues());
    EngineChoice choice = engines.choose(request.choices().engine().orElse(standard));
    if (choice instanceof EngineChoice.None none) {
      return List.of(failure(request, String.join("; ", none.missing())));
    }
    Rendering rendering =
        ((EngineChoice.Chosen) choice)
            .engine()
            .render(new RenderRequest(request.target(), request.chart().file(), values));
    if (rendering instanceof Rendering.NotRendered refused) {
      return List.of(failure(request, refused.message()));
    }
    Redaction redaction =
        inForce.map(it -> Redaction.of(values, it)).orElseGet(() -> Redaction.of(values));
    ReleaseDifference difference =
        new ReleaseDifference(
            "release %s".formatted(request.target()), this::name, redaction::apply);
    List<ObjectPreview> previews = new ArrayList<>();
    previews.add(record(request, before));
    namespace(request).ifPresent(previews::add);
    previews.addAll(definitions(request));
    difference
        .between(
            before.map(it -> ReleaseManifest.of(it).objects()).orElse(List.of()),
            ReleaseManifest.parse(
                    ((Rendering.Rendered) rendering).manifest(), request.target().name())
                .objects())
        .forEach(
            it ->
                previews.add(
                    existing.consider(
                        it,
                        request.target().name(),
                        request.inputs().chart().getSpec().takeOwnership())));
    return previews;
  }

  /** The object that Helm would keep the new revision in: there is one, whatever else differs. */
  private static ObjectPreview record(Request request, Optional<Release> before) {
    int revision = before.map(it -> it.revision() + 1).orElse(1);
    boolean isSecret = request.target().storage() == StorageDriver.SECRET;
    return created(
        new ObjectReference(
            "v1",
            isSecret ? "Secret" : "ConfigMap",
            request.target().name().namespace(),
            "sh.helm.release.v1.%s.v%d".formatted(request.target().name().name(), revision)),
        "%s release %s, chart %s, revision %d"
            .formatted(
                request.operation().progress(),
                request.target(),
                request.chart().chart(),
                revision));
  }

  /** The release's namespace, if there is none. */
  private Optional<ObjectPreview> namespace(Request request) {
    String name = request.target().name().namespace();
    ObjectReference namespace = new ObjectReference("v1", "Namespace", "", name);
    if (planned.contains(namespace) || client.namespaces().withName(name).get() != null) {
      return Optional.empty();
    }
    return Optional.of(
        request.inputs().chart().getSpec().createNamespace()
            ? created(namespace, "release " + request.target())
            : failure(
                request,
                "the namespace %s does not exist, and spec.createNamespace is not true"
                    .formatted(name)));
  }

  /** The chart's definitions that are not there. Others may change, which is not looked at. */
  private List<ObjectPreview> definitions(Request request) {
    List<ObjectPreview> created = new ArrayList<>();
    request
        .chart()
        .chart()
        .crds()
        .forEach(
            (file, text) ->
                ReleaseManifest.parse(text, request.target().name()).objects().stream()
                    .map(DeclaredObject::reference)
                    .filter(it -> it.kind().equals("CustomResourceDefinition"))
                    .filter(it -> !planned.contains(it))
                    .filter(
                        it ->
                            client
                                    .apiextensions()
                                    .v1()
                                    .customResourceDefinitions()
                                    .withName(it.name())
                                    .get()
                                == null)
                    .map(
                        it ->
                            created(it, "%s of chart %s".formatted(file, request.chart().chart())))
                    .forEach(created::add));
    return created;
  }

  /** With the release's namespace where the manifest names none. */
  private ObjectReference name(DeclaredObject object) {
    ObjectReference reference = object.reference();
    boolean isClusterWide =
        discovery
            .find(reference.apiVersion(), reference.kind())
            .filter(it -> !it.namespaced())
            .isPresent();
    String namespace =
        reference.namespace().isEmpty() ? object.release().namespace() : reference.namespace();
    return new ObjectReference(
        reference.apiVersion(), reference.kind(), isClusterWide ? "" : namespace, reference.name());
  }

  private static ObjectPreview created(ObjectReference object, String message) {
    return new ObjectPreview(object, Change.CREATE, false, List.of(), message);
  }

  private static ObjectPreview failure(Request request, String message) {
    return new ObjectPreview(
        new ObjectReference(
            HelmApi.GROUP + "/" + HelmApi.VERSION,
            "HelmChart",
            request.inputs().chart().getMetadata().getNamespace(),
            request.inputs().chart().getMetadata().getName()),
        Change.FAIL,
        false,
        List.of(),
        message);
  }
}
