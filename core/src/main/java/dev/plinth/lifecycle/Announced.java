package dev.plinth.lifecycle;

import static java.util.stream.Collectors.toSet;

import com.google.common.collect.Sets;
import dev.plinth.addon.Addon;
import dev.plinth.addon.Selection;
import dev.plinth.addon.Selection.Decision;
import dev.plinth.addon.Selection.Selected;
import dev.plinth.config.ServerConfig;
import dev.plinth.member.Member;
import dev.plinth.member.ServerId;
import java.util.List;
import java.util.Set;

/** What a server tells the others about itself. */
final class Announced {

  private Announced() {}

  /**
   * Collects it.
   *
   * @param selection what the server would run by itself
   * @param version of its Plinth
   * @throws java.io.UncheckedIOException if its identity can be neither read nor kept
   */
  static Member of(ServerConfig config, Selection selection, String version) {
    List<Addon> addons = selection.addons().stream().map(Selected::addon).toList();
    Set<String> switchedOff =
        selection.addons().stream()
            .filter(it -> it.decision() instanceof Decision.Disabled)
            .map(it -> it.addon().name())
            .collect(toSet());
    return new Member(
        ServerId.load(config.dataDir(), config.nodeName()),
        version,
        addons.stream().map(Addon::name).collect(toSet()),
        Sets.union(config.disable(), switchedOff),
        config.agreedBetweenServers(addons));
  }
}
