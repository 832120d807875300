package dev.plinth.lifecycle;

import static java.util.stream.Collectors.toUnmodifiableSet;

import dev.plinth.addon.Addon;
import dev.plinth.addon.AddonContext;
import dev.plinth.addon.Obstacle;
import dev.plinth.addon.PackagedManifest;
import dev.plinth.addon.Selection;
import dev.plinth.addon.Selection.Decision;
import dev.plinth.addon.Selection.Selected;
import dev.plinth.apply.ChangePreview;
import dev.plinth.apply.DeleteRules;
import dev.plinth.apply.ObjectPreview;
import dev.plinth.config.ServerConfig;
import dev.plinth.deploy.AddonResource;
import dev.plinth.deploy.DeclaredManifest;
import dev.plinth.deploy.ManifestReconciler.Planned;
import dev.plinth.files.ManifestListing;
import dev.plinth.manifest.ManifestStaging;
import dev.plinth.manifest.StagedManifest;
import dev.plinth.manifest.StagingOutcome.ObsoleteFile;
import dev.plinth.overlay.OverlayChoice;
import dev.plinth.plan.Plan;
import dev.plinth.plan.PlannedChange;
import dev.plinth.slot.SlotOccupants;
import dev.plinth.takeover.K3sPresence;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Plans a start: walks the same way as {@link ServerStart} and its loops, with dry runs in place of
 * writes. Leaves cluster and data directory as they are. Not API: hosts use {@link
 * dev.plinth.Plinth}.
 */
public final class ServerPlanner {

  private static final String SERVER = "server";

  private final ServerConfig config;
  private final Selection selection;
  private final ManifestStaging staging;
  private final Declarations declarations;
  private final Engine engine;
  private final ChangePreview preview;
  private final Function<String, AddonContext> context;
  private final List<PlannedChange> objects = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();

  private ServerPlanner(
      ServerConfig config,
      Selection selection,
      ManifestStaging staging,
      Declarations declarations,
      Engine engine,
      Function<String, AddonContext> context) {
    this.config = config;
    this.selection = selection;
    this.staging = staging;
    this.declarations = declarations;
    this.engine = engine;
    this.preview = new ChangePreview(engine.api());
    this.context = context;
  }

  /**
   * What a start would do now.
   *
   * @throws KubernetesClientException if the cluster cannot be read
   * @throws InterruptedException if interrupted
   */
  public static Plan plan(
      KubernetesClient client, ServerConfig config, Selection selection, InstantSource clock)
      throws InterruptedException {
    ManifestStaging staging = new ManifestStaging(config.dataDir());
    Declarations declarations = new Declarations(selection, config, staging);
    try (Engine engine = new Engine(client, config, selection, clock, set -> {}, addon -> {})) {
      return new ServerPlanner(
              config,
              selection,
              staging,
              declarations,
              engine,
              addon -> new AddonContext(config, client, Engine.FIELD_MANAGER + "-" + addon))
          .plan();
    }
  }

  private Plan plan() throws InterruptedException {
    new ApiServerGate(engine.api())
        .unsupported()
        .ifPresent(
            it -> {
              throw new KubernetesClientException(it);
            });
    add(SERVER, engine.definitions().previewAddons());
    preview.expectKind(AddonResource.KIND.group(), AddonResource.KIND.kind());
    boolean served =
        engine
            .discovery()
            .find(AddonResource.KIND.apiVersion(), AddonResource.KIND.kind())
            .isPresent();
    if (served) {
      engine.watchAddons();
    }
    engine.watchOverlays();
    OverlayPlanner overlays = overlays();
    LeftToOthers others = LeftToOthers.of(selection, engine.discovery());
    for (Selected selected : selection.addons()) {
      if (others.contains(selected.addon())) {
        declarations.include(selected.addon());
      }
      if (selected.enabled() || others.contains(selected.addon())) {
        declarations.of(selected.addon()).forEach(engine.manifests()::announce);
      }
    }
    List<ObsoleteFile> obsolete = staging.obsolete(declarations.toStage());
    Set<String> packaged = packaged(obsolete);
    FilePlanner files =
        new FilePlanner(
            FileSettings.of(config, staging.manifestsDirectory(), declarations::reserve),
            config.nodeName(),
            ManifestListing.of(staging.manifestsDirectory(), it -> packaged.contains(it.path())),
            engine,
            preview,
            this::add);
    files.announce();
    engine.claims().complete();
    for (Selected selected : selection.addons()) {
      if (selected.enabled()) {
        run(selected.addon(), overlays);
      } else if (others.contains(selected.addon())) {
        run(new LeftToOthers.ManifestsOnly(selected.addon()), overlays);
      } else if (selected.decision() instanceof Decision.Disabled) {
        remove(selected.addon().name());
      }
    }
    for (String name : new TreeSet<>(config.disable())) {
      if (selection.find(name).isEmpty()) {
        remove(name);
      }
    }
    obsolete.stream()
        .filter(it -> FileRemoval.isDue(it, selection, config.disable()))
        .forEach(this::removeFile);
    files.plan();
    for (Addon addon : selection.enabled()) {
      askReconcilers(addon);
    }
    warnings.addAll(new SlotOccupants(engine.api(), config, selection).warnings());
    return new Plan(
        objects,
        Stream.of(selection.warnings(), files.warnings(), overlays.warnings(), warnings)
            .flatMap(List::stream)
            .toList());
  }

  private OverlayPlanner overlays() {
    return new OverlayPlanner(
        OverlayFiles.directory(staging),
        selection.addons().stream().map(it -> it.addon().name()).collect(toUnmodifiableSet()),
        config.nodeName(),
        engine);
  }

  private void askReconcilers(Addon addon) throws InterruptedException {
    try {
      addon
          .plan(context.apply(addon.name()), preview.planned())
          .forEach(it -> add(addon.name(), it));
    } catch (RuntimeException e) {
      warnings.add("%s: what its reconcilers would do is not known: %s".formatted(addon.name(), e));
    }
  }

  /** Files that are not the user's once a start has staged what is packaged. */
  private Set<String> packaged(List<ObsoleteFile> obsolete) {
    return Stream.concat(
            declarations.toStage().stream().map(StagedManifest::file),
            obsolete.stream().map(ObsoleteFile::file))
        .collect(toUnmodifiableSet());
  }

  private void run(Addon addon, OverlayPlanner overlays) throws InterruptedException {
    for (CustomResourceDefinition definition : addon.customResourceDefinitions()) {
      add(addon.name(), engine.definitions().preview(definition, addon.name()));
      preview.expectKind(
          definition.getSpec().getGroup(), definition.getSpec().getNames().getKind());
    }
    List<DeclaredManifest> manifests = declarations.of(addon);
    overlays.preview(addon.name()).ifPresent(it -> add(addon.name(), it));
    OverlayChoice choice =
        OverlayRound.choose(
            addon.name(), manifests, overlays.overlaysOf(addon.name()), engine.deployer());
    choice.problems().forEach(it -> warnings.add(it.message()));
    List<Planned> plans = new ArrayList<>();
    for (DeclaredManifest manifest : manifests) {
      if (engine.addons().isOfK3s(manifest.name())
          && engine.k3s().state(manifest.name()) != K3sPresence.State.GONE) {
        warnings.add(
            "%s: the Addon kube-system/%s is K3s's, and is adopted only if that is not alive: its Lease kube-system/k3s must not be renewed for %d s"
                .formatted(addon.name(), manifest.name(), engine.k3s().patience().toSeconds()));
      }
      plans.add(engine.manifests().plan(manifest, choice.documents()::over));
    }
    Optional<Obstacle> obstacle =
        AddonRunner.isInPlace(plans, rulesOf(addon.name()))
            ? Optional.empty()
            : addon.obstacle(context.apply(addon.name()));
    if (obstacle.isPresent()) {
      warnings.add("%s is blocked: %s".formatted(addon.name(), obstacle.get().message()));
      return;
    }
    for (Planned planned : plans) {
      engine
          .manifests()
          .preview(planned, preview, rulesOf(addon.name()))
          .forEach(it -> add(addon.name(), withOrigins(it, choice)));
    }
  }

  private static ObjectPreview withOrigins(ObjectPreview object, OverlayChoice choice) {
    SortedSet<String> origins = choice.documents().originsOf(object.object());
    return origins.isEmpty() ? object : object.saying("with " + String.join(", ", origins));
  }

  private void remove(String name) {
    engine.addons().of(name).stream()
        .sorted(Comparator.comparing(AddonResource::name).reversed())
        .forEach(it -> removeRecord(name, it));
  }

  private void removeFile(ObsoleteFile file) {
    engine
        .addons()
        .find(new PackagedManifest(file.file(), "").addonResourceName())
        .filter(it -> it.addon().filter(file.addon()::equals).isPresent())
        .filter(it -> !declarations.have(it.name()))
        .ifPresent(it -> removeRecord(file.addon(), it));
  }

  private void removeRecord(String addon, AddonResource record) {
    engine.manifests().previewRemove(record, preview, rulesOf(addon)).forEach(it -> add(addon, it));
  }

  private DeleteRules rulesOf(String addon) {
    return new DeleteRules(config.deleteProtected().contains(addon));
  }

  private void add(String addon, ObjectPreview object) {
    objects.add(new PlannedChange(addon, object));
  }
}
