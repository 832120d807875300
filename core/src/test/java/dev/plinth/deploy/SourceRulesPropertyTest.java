package dev.plinth.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plinth.deploy.SourceRules.Absence;
import dev.plinth.deploy.SourceRules.Decision;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever happens to the files of three servers, and to these: they agree, and soon. */
class SourceRulesPropertyTest {

  private static final List<String> SERVERS = List.of("n1", "n2", "n3");

  enum What {
    START,
    DIE,
    WRITE,
    REMOVE,
    /** Some server looks, before all others do. */
    LOOK
  }

  record Event(What what, String server, String content) {}

  @Property(tries = 3000)
  void servers_agree_soon_and_nothing_goes_that_a_live_one_has(
      @ForAll("events") List<Event> events, @ForAll Random order) {
    Cluster cluster = new Cluster();
    for (Event event : events) {
      cluster.happen(event);
      if (order.nextBoolean()) {
        cluster.settle(order);
        cluster.check();
      }
    }
    cluster.settle(order);
    cluster.check();
  }

  @Property(tries = 1000)
  void without_a_change_that_somebody_sees_the_content_in_force_stays(
      @ForAll("starts") List<Event> events, @ForAll Random order) {
    Cluster cluster = new Cluster();
    String first = "";
    for (Event event : events) {
      if (event.what() == What.WRITE && event.server().equals(cluster.known.winner())) {
        continue; // The winner's file is in force whatever it holds.
      }
      cluster.happen(event);
      cluster.settle(order);
      first = first.isEmpty() ? cluster.known.applied() : first;
      assertThat(cluster.known.applied()).isEqualTo(first);
    }
  }

  @Provide
  Arbitrary<List<Event>> events() {
    return Combinators.combine(
            Arbitraries.of(What.class), Arbitraries.of(SERVERS), Arbitraries.of("a", "b", "c"))
        .as(Event::new)
        .list()
        .ofMaxSize(25);
  }

  /** Files are written while their server is away only. */
  @Provide
  Arbitrary<List<Event>> starts() {
    return events()
        .map(
            all ->
                all.stream()
                    .filter(it -> it.what() != What.REMOVE)
                    .flatMap(
                        it ->
                            it.what() == What.WRITE
                                ? List.of(
                                    new Event(What.DIE, it.server(), ""),
                                    it,
                                    new Event(What.START, it.server(), ""))
                                    .stream()
                                : List.of(it).stream())
                    .toList());
  }

  private static final class Server {
    private boolean live;
    private String content = "";
    private Optional<String> seen = Optional.empty();
    private boolean changed;
  }

  private static final class Cluster {

    private final Map<String, Server> servers = new TreeMap<>();
    private AddonSources known = AddonSources.NONE;
    private int takeOvers;

    Cluster() {
      SERVERS.forEach(it -> servers.put(it, new Server()));
    }

    void happen(Event event) {
      Server server = servers.get(event.server());
      switch (event.what()) {
        case START -> {
          server.seen = server.live ? server.seen : Optional.empty();
          server.changed &= server.live;
          server.live = true;
        }
        case DIE -> server.live = false;
        case WRITE -> server.content = event.content();
        case REMOVE -> server.content = "";
        case LOOK -> look(event.server());
      }
    }

    /** Every server looks until none has anything to do. */
    void settle(Random order) {
      takeOvers = 0;
      int rounds = 0;
      while (true) {
        AddonSources before = known;
        List<String> all = new ArrayList<>(SERVERS);
        Collections.shuffle(all, order);
        all.forEach(this::look);
        if (known.equals(before)) {
          break;
        }
        rounds++;
        assertThat(rounds).as("rounds until the servers agree").isLessThanOrEqualTo(6);
      }
      // One for each that was changed, and one for a winner that is away or has lost its file.
      assertThat(takeOvers).isLessThanOrEqualTo(SERVERS.size() + 1);
    }

    void look(String name) {
      Server server = servers.get(name);
      if (!server.live) {
        return;
      }
      SourceRules rules = new SourceRules(name, it -> servers.get(it).live);
      if (server.content.isEmpty()) {
        server.seen = Optional.of("");
        server.changed = false;
        leave(name, rules.absent(known));
        return;
      }
      server.changed |= server.seen.filter(it -> !it.equals(server.content)).isPresent();
      server.seen = Optional.of(server.content);
      Decision decision = rules.present(server.content, server.changed, known);
      SourceFile own = new SourceFile(name, "/web.yaml", server.content);
      if (decision instanceof Decision.Apply) {
        takeOvers += known.winner().equals(name) ? 0 : 1;
        known = new AddonSources(name, server.content, with(name, Optional.of(own)));
        server.changed = false;
      } else {
        server.changed &= !(decision instanceof Decision.StandBy);
        known = new AddonSources(known.winner(), known.applied(), with(name, Optional.of(own)));
      }
    }

    private void leave(String name, Absence absence) {
      boolean isWinner = known.winner().equals(name);
      if (isWinner && absence instanceof Absence.Last) {
        assertThat(known.files())
            .filteredOn(it -> it.isThere() && !it.instance().equals(name))
            .noneMatch(it -> servers.get(it.instance()).live);
        known = AddonSources.NONE;
        return;
      }
      Optional<SourceFile> left =
          known.of(name).filter(it -> isWinner).map(it -> new SourceFile(name, it.path(), ""));
      known = new AddonSources(known.winner(), known.applied(), with(name, left));
    }

    private List<SourceFile> with(String name, Optional<SourceFile> own) {
      List<SourceFile> files =
          new ArrayList<>(
              known.files().stream().filter(it -> !it.instance().equals(name)).toList());
      own.ifPresent(files::add);
      files.sort((a, b) -> a.instance().compareTo(b.instance()));
      return files;
    }

    /** What holds once the servers agree. */
    void check() {
      boolean anybodyHasIt =
          servers.values().stream().anyMatch(it -> it.live && it.content.equals(known.applied()));
      if (anybodyHasIt && !known.winner().isEmpty()) {
        assertThat(servers.get(known.winner()))
            .matches(it -> it.live && Objects.equals(it.content, known.applied()));
      }
      servers.forEach(
          (name, it) -> {
            if (it.live) {
              assertThat(it.changed).isFalse();
              assertThat(known.of(name).filter(SourceFile::isThere).isPresent())
                  .isEqualTo(!it.content.isEmpty());
            }
          });
    }
  }
}
