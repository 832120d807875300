package dev.plinth.deploy;

import java.util.List;
import java.util.function.Predicate;

/**
 * Which of several servers applies its file of one Addon name. Each server decides for itself, of
 * what the Addon tells and of who lives; that two do not come to be the winner at once is up to the
 * write that makes one of them so, which fails if the Addon has changed meanwhile.
 *
 * <p>No clocks are compared, and no server's content is preferred to another's for what it is: who
 * applies goes on doing so, unless somebody is seen to change a file elsewhere.
 */
public final class SourceRules {

  private final String self;
  private final Predicate<String> live;

  /**
   * @param self node name of this server
   * @param live whether the server on that node lives; not asked about this one
   */
  public SourceRules(String self, Predicate<String> live) {
    this.self = self;
    this.live = it -> it.equals(self) || live.test(it);
  }

  /** What a server does about a file that it has. */
  public sealed interface Decision {

    /** It applies the file, and becomes the winner if it is not. */
    record Apply() implements Decision {}

    /** The winner has the same, and applies it. */
    record StandBy(String winner) implements Decision {}

    /** The winner has something else, which stays in force. */
    record Differ(String winner) implements Decision {}

    /**
     * What is in force is something else, whose server is away or has lost the file: it stays as it
     * is, and nobody looks after it.
     */
    record Abandoned(String winner) implements Decision {}
  }

  /**
   * What a server does about what its own file brought, when that is not to be applied any more.
   */
  public sealed interface Absence {

    /** Another server applies its own file. */
    record OfAnother(String winner) implements Absence {}

    /** Others have the same, and one of them takes over. */
    record HandOver(List<SourceFile> to) implements Absence {}

    /** Others have something else; what is in force stays. */
    record Left(List<SourceFile> others) implements Absence {}

    /** No live server has the file: the objects may go. */
    record Last() implements Absence {}
  }

  /**
   * About a file that is there.
   *
   * @param checksum of its content
   * @param changed whether this content was seen to come while this server ran, and has not been in
   *     force since
   * @param known what the Addon tells
   */
  public Decision present(String checksum, boolean changed, AddonSources known) {
    String winner = known.winner();
    if (winner.isEmpty() || winner.equals(self)) {
      return new Decision.Apply();
    }
    boolean equal = checksum.equals(known.inForce());
    boolean kept = isKept(known);
    if (equal) {
      return kept ? new Decision.StandBy(winner) : new Decision.Apply();
    }
    if (changed || known.inForce().isEmpty() && !live.test(winner)) {
      return new Decision.Apply();
    }
    return kept ? new Decision.Differ(winner) : new Decision.Abandoned(winner);
  }

  /** About a file that is not there, or not to be applied. */
  public Absence absent(AddonSources known) {
    String winner = known.winner();
    List<SourceFile> others = known.others(self, live).toList();
    boolean ours = winner.isEmpty() || winner.equals(self);
    if (!ours && (live.test(winner) || !others.isEmpty())) {
      return new Absence.OfAnother(winner);
    }
    if (others.isEmpty()) {
      return new Absence.Last();
    }
    // What is in force once this server's own file does not count any more.
    List<SourceFile> equal =
        others.stream().filter(it -> it.checksum().equals(known.applied())).toList();
    return equal.isEmpty() ? new Absence.Left(others) : new Absence.HandOver(equal);
  }

  /** Files on other live servers that are not what this server applies. */
  public List<SourceFile> differing(String checksum, AddonSources known) {
    return known.others(self, live).filter(it -> !it.checksum().equals(checksum)).toList();
  }

  /**
   * Whether this server is the one that tells in the Addon what nobody else does, its winner being
   * away.
   */
  public boolean speaks(AddonSources known) {
    return known.others(self, live).noneMatch(it -> it.instance().compareTo(self) < 0);
  }

  /** A winner that has said nothing so far is about to. */
  private boolean isKept(AddonSources known) {
    return live.test(known.winner())
        && known.of(known.winner()).map(SourceFile::isThere).orElse(true);
  }
}
