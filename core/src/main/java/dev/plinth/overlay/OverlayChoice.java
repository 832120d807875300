package dev.plinth.overlay;

import com.google.common.collect.ImmutableSortedMap;
import dev.plinth.manifest.ManifestDocument;
import dev.plinth.manifest.ManifestException;
import dev.plinth.manifest.SourceLocation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which content of each overlay of an add-on is in force: the newest if it works, else the one that
 * worked last, else none. A file works if it can be read, all its patches can be applied, and the
 * API server accepts what comes of it.
 *
 * @param documents what the add-on declares, with these overlays laid over it
 * @param inForce the contents chosen, by base name
 * @param certain whether the API server has been asked about all of it
 * @param problems why some are not those that users want, in the order of files
 */
public record OverlayChoice(
    OverlaidDocuments documents,
    SortedMap<String, String> inForce,
    boolean certain,
    List<OverlayProblem> problems) {

  public OverlayChoice {
    inForce = ImmutableSortedMap.copyOf(inForce);
    problems = List.copyOf(problems);
  }

  /** Asks the API server, without changing anything. */
  @FunctionalInterface
  public interface Trial {

    /**
     * Whether it accepts these documents.
     *
     * @param documents all of the add-on
     * @param places of those that are in question
     */
    Answer ask(OverlaidDocuments documents, Set<SourceLocation> places) throws InterruptedException;
  }

  /**
   * What the API server says.
   *
   * @param refusal why it does not accept them; empty if it does, or cannot tell so far
   * @param certain whether it can tell
   */
  public record Answer(Optional<String> refusal, boolean certain) {

    /** It accepts them. */
    public static final Answer ACCEPTED = new Answer(Optional.empty(), true);
  }

  /**
   * Chooses.
   *
   * @param addon name of the add-on
   * @param declared what it declares
   * @param overlays its overlays
   * @param trial asked about what an overlay changes
   */
  public static OverlayChoice of(
      String addon, List<ManifestDocument> declared, OverlaySet overlays, Trial trial)
      throws InterruptedException {
    Choosing choosing = new Choosing(addon, OverlaidDocuments.of(declared), trial);
    Optional<OverlayChoice> newest = choosing.allAtOnce(overlays.newest());
    return newest.isPresent() ? newest.get() : choosing.oneByOne(overlays);
  }

  private record Choosing(String addon, OverlaidDocuments bare, Trial trial) {

    /** The common case, and the cheapest: everything works. */
    Optional<OverlayChoice> allAtOnce(SortedMap<String, String> newest)
        throws InterruptedException {
      OverlaidDocuments documents = bare;
      try {
        for (String name : newest.keySet()) {
          documents = documents.with(new OverlayFile(addon, name, newest.get(name)));
        }
      } catch (ManifestException e) {
        return Optional.empty();
      }
      Answer answer = ask(documents, documents.places());
      return answer.refusal().isPresent()
          ? Optional.empty()
          : Optional.of(new OverlayChoice(documents, newest, answer.certain(), List.of()));
    }

    /** To tell which files are to blame. */
    OverlayChoice oneByOne(OverlaySet overlays) throws InterruptedException {
      OverlaidDocuments documents = bare;
      SortedMap<String, String> inForce = new TreeMap<>();
      List<OverlayProblem> problems = new ArrayList<>();
      boolean certain = true;
      for (String name : overlays.newest().keySet()) {
        Attempt newest = attempt(documents, name, overlays.newest().get(name));
        Attempt chosen = newest;
        if (newest.problem().isPresent() && overlays.inForce().containsKey(name)) {
          chosen = attempt(documents, name, overlays.inForce().get(name));
        }
        String instead = chosen.works() ? "what it said before stays in force" : "it is left out";
        newest.problem().map(it -> it.and(instead)).ifPresent(problems::add);
        if (chosen.works()) {
          documents = chosen.documents();
          inForce.put(name, chosen.content());
        }
        certain &= chosen.certain();
      }
      return new OverlayChoice(documents, inForce, certain, problems);
    }

    private Attempt attempt(OverlaidDocuments documents, String name, String content)
        throws InterruptedException {
      OverlayFile file = new OverlayFile(addon, name, content);
      OverlaidDocuments with;
      try {
        with = documents.with(file);
      } catch (ManifestException e) {
        OverlayProblem problem =
            new OverlayProblem(file.source(), OverlayProblem.INVALID, e.getMessage());
        return new Attempt(content, documents, true, Optional.of(problem));
      }
      Answer answer = ask(with, with.placesThatDiffer(documents));
      return new Attempt(
          content, with, answer.certain(), answer.refusal().map(it -> refused(file, it)));
    }

    private static OverlayProblem refused(OverlayFile file, String why) {
      return new OverlayProblem(
          file.source(),
          OverlayProblem.REFUSED,
          "%s: the API server refuses what comes of it: %s".formatted(file.source(), why));
    }

    private Answer ask(OverlaidDocuments documents, Set<SourceLocation> places)
        throws InterruptedException {
      return places.isEmpty() ? Answer.ACCEPTED : trial.ask(documents, places);
    }
  }

  private record Attempt(
      String content,
      OverlaidDocuments documents,
      boolean certain,
      Optional<OverlayProblem> problem) {

    boolean works() {
      return problem.isEmpty();
    }
  }
}
