package dev.plinth.member;

import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * This server is configured otherwise than a live one of the same cluster in something all servers
 * must agree on. The message names the flags, both values and the other server.
 */
public final class SettingsDifferException extends Exception {

  private static final long serialVersionUID = 1L;

  private final transient Member other;

  SettingsDifferException(String message, Member other) {
    super(message);
    this.other = other;
  }

  static SettingsDifferException between(Member self, Member other) {
    Set<String> flags = new TreeSet<>(self.settings().keySet());
    flags.addAll(other.settings().keySet());
    String differences =
        flags.stream()
            .filter(it -> !valueOf(self, it).equals(valueOf(other, it)))
            .map(
                it ->
                    "%s is %s here and %s there"
                        .formatted(it, valueOf(self, it), valueOf(other, it)))
            .collect(Collectors.joining(", "));
    return new SettingsDifferException(
        "all servers of a cluster must agree on these settings, but server %s differs: %s"
            .formatted(other.id().nodeName(), differences),
        other);
  }

  private static String valueOf(Member member, String flag) {
    String value = member.settings().get(flag);
    return value == null ? "not set" : "\"" + value + "\"";
  }

  /** The live server it differs from. */
  public Member other() {
    return other;
  }
}
