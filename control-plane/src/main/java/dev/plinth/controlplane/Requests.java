package dev.plinth.controlplane;

import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Requests that the API server has answered, in the order of its audit log: an immutable list to
 * narrow down and to count. Its text is made for the message of an assertion that fails.
 *
 * <p>Not among them are readiness checks, and Leases of nodes.
 */
public final class Requests implements Iterable<Request> {
  private static final int LINES = 50;
  private static final long NARROWED_DOWN = -1;

  private final long firstPosition;
  private final List<Request> requests;

  Requests(long firstPosition, Collection<Request> requests) {
    this.firstPosition = firstPosition;
    this.requests = List.copyOf(requests);
  }

  /**
   * The requests after a mark.
   *
   * @throws IllegalStateException if these requests were narrowed down otherwise before
   */
  public Requests since(Mark mark) {
    if (firstPosition == NARROWED_DOWN) {
      throw new IllegalStateException("Ask for the requests since a mark first, then filter them");
    }
    long skipped = mark.position() - firstPosition;
    if (skipped < 0 || skipped > requests.size()) {
      throw new IllegalArgumentException("The mark is not of these requests");
    }
    return new Requests(mark.position(), requests.subList((int) skipped, requests.size()));
  }

  /** Those that satisfy a predicate. */
  public Requests filter(Predicate<Request> predicate) {
    return new Requests(NARROWED_DOWN, requests.stream().filter(predicate).toList());
  }

  /** Those that were to change the cluster, see {@link Request#isWrite()}. */
  public Requests writes() {
    return filter(Request::isWrite);
  }

  /** Those that are not about Leases: by these, servers see each other at all times. */
  public Requests withoutLeases() {
    return filter(request -> !request.qualifiedResource().equals("leases.coordination.k8s.io"));
  }

  /** Those that would have changed the cluster, had they not been dry runs. */
  public Requests dryRuns() {
    return filter(Request::dryRun);
  }

  /** Those of clients whose user agent begins with a prefix. */
  public Requests userAgent(String prefix) {
    return filter(request -> request.userAgent().startsWith(prefix));
  }

  /** Those of a user; the impersonated one if there is one. */
  public Requests username(String username) {
    return filter(request -> request.username().equals(username));
  }

  /** Those with a field manager. */
  public Requests fieldManager(String manager) {
    return filter(request -> request.fieldManager().equals(manager));
  }

  /** Those with one of some verbs. */
  public Requests verb(String... verbs) {
    return filter(request -> List.of(verbs).contains(request.verb()));
  }

  /**
   * Those for a resource.
   *
   * @param qualified as in {@link Request#qualifiedResource()}, for example {@code configmaps} or
   *     {@code deployments.apps/status}
   */
  public Requests resource(String qualified) {
    return filter(request -> request.qualifiedResource().equals(qualified));
  }

  public int count() {
    return requests.size();
  }

  public boolean isEmpty() {
    return requests.isEmpty();
  }

  /** How many there are of each verb, sorted by verb. */
  public Map<String, Long> countsByVerb() {
    return countsBy(Request::verb);
  }

  /** How many there are of each verb and resource, for example {@code "patch configmaps"}. */
  public Map<String, Long> countsByVerbAndResource() {
    return countsBy(
        request ->
            request.verb()
                + " "
                + (request.resource().isEmpty()
                    ? request.uri().replaceFirst("\\?.*", "")
                    : request.qualifiedResource()));
  }

  private Map<String, Long> countsBy(Function<Request, String> key) {
    return requests.stream()
        .collect(Collectors.groupingBy(key, TreeMap::new, Collectors.counting()));
  }

  public List<Request> list() {
    return requests;
  }

  public Stream<Request> stream() {
    return requests.stream();
  }

  @Override
  public Iterator<Request> iterator() {
    return requests.iterator();
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(String.format(Locale.ROOT, "%d requests %s", count(), countsByVerbAndResource()));
    requests.stream().limit(LINES).forEach(request -> text.append("\n  ").append(request));
    if (count() > LINES) {
      text.append("\n  and ").append(count() - LINES).append(" more");
    }
    return text.toString();
  }
}
