package dev.plinth.lifecycle;

import dev.plinth.deploy.AddonCondition;
import dev.plinth.deploy.AddonCondition.Status;
import dev.plinth.deploy.AddonResource;
import dev.plinth.deploy.AddonResources.ToldStatus;
import dev.plinth.deploy.AddonStatusView;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Tells in an Addon that nobody looks after its objects, so that nobody knows whether they are
 * healthy.
 */
final class Unattended {

  private final Surroundings server;

  Unattended(Surroundings server) {
    this.server = server;
  }

  /**
   * Tells it, unless the Addon says so already, or there is none.
   *
   * @param reason one CamelCase word
   */
  void tell(String name, String reason, String message) {
    Optional<AddonResource> record = server.addons().find(name);
    if (record.isEmpty() || server.addons().says(name, message)) {
      return;
    }
    boolean isOurs = Set.of("", server.nodeName()).contains(server.addons().sources(name).winner());
    ToldStatus told = server.addons().told(name);
    MemberHealth health =
        MemberHealth.of(server.owned().members(record.get().membership().applySetId()));
    server
        .addons()
        .writeStatus(
            name,
            new AddonStatusView(
                record.get().checksum(),
                isOurs ? health.total() : told.total(),
                isOurs ? health.ready() : told.ready(),
                server.nodeName(),
                server
                    .addons()
                    .condition(name, "Applied")
                    .orElse(new AddonCondition(Status.UNKNOWN, reason, message)),
                new AddonCondition(Status.UNKNOWN, reason, message),
                server.drift().conditions(name),
                List.of()));
  }
}
