package dev.plinth;

import dev.plinth.addon.Addon;
import dev.plinth.addon.AddonContext;
import dev.plinth.addon.FunctionalProbe;
import dev.plinth.addon.PackagedManifest;
import dev.plinth.addon.ReconcilerRegistration;
import dev.plinth.addon.Slot;
import dev.plinth.apply.ObjectPreview;
import dev.plinth.apply.PlannedObject;
import dev.plinth.config.ServerConfig;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/** An add-on made of what a test gives it. */
record TestAddon(
    String name,
    List<PackagedManifest> files,
    Set<String> requires,
    Optional<Slot> slot,
    Step prepare,
    Step cleanUp,
    Function<AddonContext, List<ReconcilerRegistration<?>>> reconciling,
    Optional<FunctionalProbe> probe,
    Planning planning)
    implements Addon {

  /** What an add-on says of a plan. */
  @FunctionalInterface
  interface Planning {
    List<ObjectPreview> plan(AddonContext context, List<PlannedObject> planned)
        throws InterruptedException;
  }

  /** What an add-on does at some moment. */
  @FunctionalInterface
  interface Step {
    void run(AddonContext context) throws InterruptedException;
  }

  /** An add-on without files. */
  static TestAddon named(String name) {
    return new TestAddon(
        name,
        List.of(),
        Set.of(),
        Optional.empty(),
        context -> {},
        context -> {},
        context -> List.of(),
        Optional.empty(),
        (context, planned) -> List.of());
  }

  /** An add-on with one file, {@code <name>.yaml}. */
  static TestAddon of(String name, String yaml) {
    return named(name).with(name + ".yaml", yaml);
  }

  TestAddon with(String file, String yaml) {
    List<PackagedManifest> more =
        Stream.concat(files.stream(), Stream.of(new PackagedManifest(file, yaml))).toList();
    return new TestAddon(
        name, more, requires, slot, prepare, cleanUp, reconciling, probe, planning);
  }

  TestAddon requiring(String... requirements) {
    return new TestAddon(
        name, files, Set.of(requirements), slot, prepare, cleanUp, reconciling, probe, planning);
  }

  TestAddon filling(Slot filled) {
    return new TestAddon(
        name, files, requires, Optional.of(filled), prepare, cleanUp, reconciling, probe, planning);
  }

  TestAddon preparing(Step step) {
    return new TestAddon(name, files, requires, slot, step, cleanUp, reconciling, probe, planning);
  }

  TestAddon cleaningUp(Step step) {
    return new TestAddon(name, files, requires, slot, prepare, step, reconciling, probe, planning);
  }

  TestAddon reconciling(Function<AddonContext, List<ReconcilerRegistration<?>>> reconcilers) {
    return new TestAddon(
        name, files, requires, slot, prepare, cleanUp, reconcilers, probe, planning);
  }

  TestAddon probing(FunctionalProbe by) {
    return new TestAddon(
        name, files, requires, slot, prepare, cleanUp, reconciling, Optional.of(by), planning);
  }

  TestAddon planning(Planning by) {
    return new TestAddon(name, files, requires, slot, prepare, cleanUp, reconciling, probe, by);
  }

  @Override
  public List<ObjectPreview> plan(AddonContext context, List<PlannedObject> planned)
      throws InterruptedException {
    return planning.plan(context, planned);
  }

  @Override
  public String description() {
    return "for tests";
  }

  @Override
  public List<PackagedManifest> manifests(ServerConfig config) {
    return files;
  }

  @Override
  public void prepare(AddonContext context) throws InterruptedException {
    prepare.run(context);
  }

  @Override
  public void cleanUp(AddonContext context) throws InterruptedException {
    cleanUp.run(context);
  }

  @Override
  public List<ReconcilerRegistration<?>> reconcilers(AddonContext context) {
    return reconciling.apply(context);
  }
}
