package dev.plinth.deploy;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import dev.plinth.cluster.Labels;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What the servers of a cluster have under one Addon name of users' files, and which of them
 * applies it, as the Addon tells.
 *
 * @param winner node name of the server that applies its file; empty if none does so far
 * @param applied SHA-256 of the content that was applied completely last; empty before that
 * @param files what each server has, at most one entry for each
 */
public record AddonSources(String winner, String applied, List<SourceFile> files) {

  /** There is no Addon. */
  public static final AddonSources NONE = new AddonSources("", "", List.of());

  public AddonSources {
    requireNonNull(winner, "winner");
    requireNonNull(applied, "applied");
    files = List.copyOf(files);
  }

  /** What an Addon tells. An earlier Plinth named the server in the status alone. */
  static AddonSources parse(JsonNode live) {
    boolean isPlinths = live.path("metadata").path("labels").has(Labels.APPLYSET_ID);
    JsonNode status = live.path("status");
    List<SourceFile> files = new ArrayList<>();
    for (JsonNode it : status.path("sources")) {
      files.add(
          new SourceFile(
              it.path("instance").asText(),
              it.path("path").asText(),
              it.path("checksum").asText()));
    }
    return new AddonSources(
        live.path("spec")
            .path("instance")
            .asText(isPlinths ? status.path("instance").asText() : ""),
        live.path("spec").path("checksum").asText(),
        files);
  }

  /** What a server has, or had. */
  public Optional<SourceFile> of(String instance) {
    return files.stream().filter(it -> it.instance().equals(instance)).findFirst();
  }

  /** Whether a server applies this, or has told of its own file; what is of none may be of any. */
  boolean concerns(String instance) {
    return winner.isEmpty() || winner.equals(instance) || of(instance).isPresent();
  }

  /**
   * SHA-256 of the content that counts: what the winner says to have, which is told before the
   * first object is written; if it has nothing any more, what was applied last.
   */
  public String inForce() {
    return of(winner).filter(SourceFile::isThere).map(SourceFile::checksum).orElse(applied);
  }

  /** The files on other servers than this one that are there. */
  public Stream<SourceFile> others(String self, Predicate<String> live) {
    return files.stream()
        .filter(SourceFile::isThere)
        .filter(it -> !it.instance().equals(self) && live.test(it.instance()));
  }
}
