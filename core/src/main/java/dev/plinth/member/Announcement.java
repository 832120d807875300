package dev.plinth.member;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a server says about itself in the annotation {@value #ANNOTATION} of its Lease. */
@JsonIgnoreProperties(ignoreUnknown = true)
record Announcement(
    String version, Set<String> offers, Set<String> disables, SortedMap<String, String> settings) {

  static final String ANNOTATION = "plinth.dev/member";

  private static final Logger LOG = LoggerFactory.getLogger(Announcement.class);
  private static final ObjectMapper MAPPER = JsonMapper.builder().build();

  static String of(Member member) {
    try {
      return MAPPER.writeValueAsString(
          new Announcement(
              member.version(), member.offers(), member.disables(), member.settings()));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Who holds this Lease of a member, and what he says; empty if it cannot be read. */
  static Optional<Member> in(LeaseRecord lease) {
    Optional<ServerId> id = lease.holder().flatMap(ServerId::parse);
    Optional<Announcement> said =
        lease.annotation(ANNOTATION).flatMap(it -> read(lease.name(), it));
    return id.flatMap(holder -> said.map(it -> it.by(holder)));
  }

  private static Optional<Announcement> read(String lease, String json) {
    try {
      return Optional.ofNullable(MAPPER.readValue(json, Announcement.class));
    } catch (JsonProcessingException e) {
      LOG.warn(
          "Lease {}, annotation {}: expected what a server announces, as JSON, found: {}",
          lease,
          ANNOTATION,
          e.getOriginalMessage());
      return Optional.empty();
    }
  }

  private Member by(ServerId id) {
    return new Member(
        id,
        version == null ? "" : version,
        withoutNulls(offers),
        withoutNulls(disables),
        withoutNulls(settings));
  }

  private static Set<String> withoutNulls(Set<String> names) {
    Set<String> all = names == null ? Set.of() : names;
    return all.stream().filter(Objects::nonNull).collect(Collectors.toUnmodifiableSet());
  }

  private static SortedMap<String, String> withoutNulls(Map<String, String> settings) {
    SortedMap<String, String> all = new TreeMap<>(settings == null ? Map.of() : settings);
    all.values().removeIf(Objects::isNull);
    return all;
  }
}
