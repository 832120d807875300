package dev.plinth.lifecycle;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;
import static java.util.stream.Collectors.toSet;

import dev.plinth.apply.ChangePreview;
import dev.plinth.apply.DeleteRules;
import dev.plinth.apply.ObjectPreview;
import dev.plinth.deploy.AddonResource;
import dev.plinth.deploy.DeclaredManifest;
import dev.plinth.deploy.ManifestReconciler.Planned;
import dev.plinth.deploy.SourceClaim;
import dev.plinth.deploy.SourceFile;
import dev.plinth.deploy.SourceRules;
import dev.plinth.deploy.SourceRules.Absence;
import dev.plinth.deploy.SourceRules.Decision;
import dev.plinth.files.ManifestFile;
import dev.plinth.files.ManifestListing;
import dev.plinth.files.ManifestPath;
import dev.plinth.lifecycle.NameClaims.Claimant;
import dev.plinth.lifecycle.NameClaims.Presence;
import dev.plinth.manifest.ManifestException;
import dev.plinth.manifest.ManifestLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * Plans what a start would do about users' files, as their loops ({@link FileLoop}) would find
 * them. Looks at the directory once, when it is made. Who of the other servers lives is not known
 * to a plan: all of them that Addons tell of count, so that nothing is planned that one of them
 * might be against.
 */
final class FilePlanner {

  private final FileSettings settings;
  private final Engine engine;
  private final ChangePreview preview;
  private final BiConsumer<String, ObjectPreview> objects;
  private final String nodeName;
  private final SourceRules sources;
  private final ManifestListing listing;
  private final Map<ManifestPath, DeclaredManifest> applied = new LinkedHashMap<>();
  private final List<AddonResource> disabled = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();

  /**
   * @param nodeName of the server
   * @param listing the users' files
   * @param preview the preview of the whole plan
   * @param objects takes what would become of an object, with the path of the file concerned
   */
  FilePlanner(
      FileSettings settings,
      String nodeName,
      ManifestListing listing,
      Engine engine,
      ChangePreview preview,
      BiConsumer<String, ObjectPreview> objects) {
    this.settings = settings;
    this.nodeName = nodeName;
    this.sources = new SourceRules(nodeName, it -> true);
    this.listing = listing;
    this.engine = engine;
    this.preview = preview;
    this.objects = objects;
  }

  /** Takes note of what all files declare; the Addons are known. */
  void announce() {
    if (Files.exists(settings.manifests())) {
      // A start makes the manifests directory itself.
      listing
          .unreadable()
          .forEach(
              (directory, problem) ->
                  warnings.add(
                      "%s %s".formatted(settings.manifests().resolve(directory), problem)));
    }
    Map<String, List<ManifestFile>> names =
        listing.files().stream()
            .collect(groupingBy(it -> it.path().addonName(), TreeMap::new, toList()));
    names.forEach(this::settle);
    List<ManifestPath> order = applied.keySet().stream().sorted().toList();
    for (ManifestPath path : order) {
      try {
        engine.manifests().announce(applied.get(path));
      } catch (ManifestException e) {
        warnings.add(e.getMessage());
        applied.remove(path);
      }
    }
  }

  /** Plans the files that are applied, and then the removals. */
  void plan() throws InterruptedException {
    for (ManifestPath path : applied.keySet().stream().sorted().toList()) {
      plan(path, applied.get(path));
    }
    for (AddonResource record : disabled) {
      remove(record);
    }
    Set<ManifestPath> present = listing.files().stream().map(ManifestFile::path).collect(toSet());
    engine.addons().ofFiles().stream()
        .sorted(Comparator.comparing(AddonResource::name))
        .filter(it -> settings.pathOf(it.source()).filter(this::goes).isPresent())
        .filter(it -> !present.contains(settings.pathOf(it.source()).orElseThrow()))
        .filter(it -> isLast(it.name()))
        .forEach(this::remove);
  }

  /** What the operator should know besides. */
  List<String> warnings() {
    return List.copyOf(warnings);
  }

  private void settle(String name, List<ManifestFile> files) {
    Optional<AddonResource> record = engine.addons().find(name);
    Optional<ManifestPath> recorded =
        engine
            .addons()
            .sources(name)
            .of(nodeName)
            .map(SourceFile::path)
            .or(() -> record.map(AddonResource::source))
            .flatMap(settings::pathOf);
    NameContest contest =
        NameContest.of(
            files.stream().map(it -> new Claimant(it, Presence.THERE)).toList(),
            it -> recorded.filter(it.path()::equals).isPresent(),
            settings.disabled());
    Optional<String> refusal = contest.refusal(name, record, settings.reserved());
    if (refusal.isPresent()) {
      contest.wanting().forEach(it -> warnings.add(it.path() + ": " + refusal.get()));
      return;
    }
    contest
        .others()
        .forEach(
            it ->
                warnings.add(
                    it.path()
                        + ": "
                        + NameContest.taken(name, contest.owner().orElseThrow().path().path())));
    contest.owner().filter(it -> !it.file().skipped()).ifPresent(it -> declare(name, it.file()));
    if (contest.owner().isEmpty() && !contest.disabled().isEmpty()) {
      record.filter(it -> it.addon().isEmpty()).filter(it -> isLast(name)).ifPresent(disabled::add);
    }
  }

  private void declare(String name, ManifestFile file) {
    try {
      if (!Files.isRegularFile(file.location())
          || Files.size(file.location()) > ManifestLimits.DEFAULT.bytes()) {
        warnings.add(
            "%s: expected a regular file of at most %d bytes"
                .formatted(file.location(), ManifestLimits.DEFAULT.bytes()));
        return;
      }
      String content = FileRound.decode(file.location(), Files.readAllBytes(file.location()));
      DeclaredManifest manifest =
          new DeclaredManifest(name, Optional.empty(), file.location().toString(), content);
      Decision decision =
          sources.present(manifest.checksum(), false, engine.addons().sources(name));
      if (decision instanceof Decision.Apply) {
        applied.put(
            file.path(), manifest.claimed(new SourceClaim(nodeName, engine.addons().find(name))));
      } else if (decision instanceof Decision.Differ differ) {
        warnings.add(file.path() + ": " + Elsewhere.differs(differ.winner()));
      } else if (decision instanceof Decision.Abandoned abandoned) {
        warnings.add(file.path() + ": " + Elsewhere.gone(abandoned.winner()));
      }
    } catch (IOException e) {
      warnings.add("%s: cannot be read: %s".formatted(file.location(), e.getMessage()));
    } catch (ManifestException e) {
      warnings.add(e.getMessage());
    }
  }

  private void plan(ManifestPath path, DeclaredManifest manifest) throws InterruptedException {
    Planned planned = engine.manifests().plan(manifest);
    DeleteRules rules = settings.rulesOf(manifest.name());
    if (planned.changes().givesUp(rules)
        && FileRound.isEmptied(planned.changes(), settings.prune())) {
      warnings.add(path + ": " + FileRound.emptied(planned.changes().prune().size()));
      return;
    }
    engine
        .manifests()
        .preview(planned, preview, rules)
        .forEach(it -> objects.accept(path.path(), it));
  }

  /** Whether no other server has to do with the objects of a file that is not applied here. */
  private boolean isLast(String name) {
    return sources.absent(engine.addons().sources(name)) instanceof Absence.Last;
  }

  /** Whether the objects of a file that is not there go. */
  private boolean goes(ManifestPath path) {
    return settings.prune() || path.disabledBy(settings.disabled()).isPresent();
  }

  private void remove(AddonResource record) {
    String file = settings.pathOf(record.source()).map(ManifestPath::path).orElse(record.name());
    engine
        .manifests()
        .previewRemove(record, preview, settings.rulesOf(record.name()))
        .forEach(it -> objects.accept(file, it));
  }
}
