package dev.plinth.helm.source;

import dev.plinth.helm.source.ChartReference.AtUrl;
import dev.plinth.helm.source.ChartReference.InRepository;
import dev.plinth.helm.source.Download.Answer;
import dev.plinth.helm.source.Download.Get;
import dev.plinth.helm.source.RepositoryIndex.Entry;
import java.net.URI;
import java.util.Map;
import java.util.Optional;

/** Chart repositories, and archives at URLs. */
final class HttpSource {

  /** The largest public indexes have about 30 MB. */
  private static final int LARGEST_INDEX = 128 << 20;

  static final int LARGEST_ARCHIVE = 64 << 20;

  private final SourceAccess access;
  private final Download download;

  HttpSource(SourceAccess access) {
    this.access = access;
    this.download = new Download(access);
  }

  RemoteArchive fetch(AtUrl reference) throws ChartSourceException, InterruptedException {
    return archive(reference.url(), true);
  }

  RemoteArchive fetch(InRepository reference) throws ChartSourceException, InterruptedException {
    URI base = directory(reference.repository());
    URI indexUrl = base.resolve("index.yaml" + query(base));
    Answer answer = ok(get(indexUrl, true, LARGEST_INDEX));
    Entry entry =
        RepositoryIndex.parse(answer.body(), Urls.plain(indexUrl))
            .find(reference.name(), reference.version());
    URI url = entryUrl(entry, base, indexUrl);
    RemoteArchive archive = archive(url, Urls.isSameServer(url, base) || access.passCredentials());
    if (entry.digest() != null && !entry.digest().isBlank()) {
      Digests.verify(archive.content(), entry.digest(), archive.origin());
    }
    return archive;
  }

  private static URI entryUrl(Entry entry, URI base, URI index) throws ChartSourceException {
    if (entry.urls() == null || entry.urls().isEmpty()) {
      throw new ChartSourceException(
          "%s: %s %s: expected an address in urls, found none"
              .formatted(Urls.plain(index), entry.name(), entry.version()));
    }
    String text = entry.urls().get(0);
    try {
      URI url = base.resolve(text);
      if (url.getHost() == null || !url.getScheme().matches("https?")) {
        throw new IllegalArgumentException();
      }
      return url;
    } catch (IllegalArgumentException e) {
      throw new ChartSourceException(
          "%s: %s %s: expected an http or https address in urls, found %s"
              .formatted(Urls.plain(index), entry.name(), entry.version(), Urls.plain(text)));
    }
  }

  private RemoteArchive archive(URI url, boolean trusted)
      throws ChartSourceException, InterruptedException {
    return new RemoteArchive(ok(get(url, trusted, LARGEST_ARCHIVE)).body(), Urls.plain(url));
  }

  private Answer get(URI url, boolean trusted, int most)
      throws ChartSourceException, InterruptedException {
    Optional<String> authorization =
        trusted ? access.basic().map(Authorization::basic) : Optional.empty();
    return download.send(new Get(url, Map.of(), authorization, trusted, most));
  }

  private Answer ok(Answer answer) throws ChartSourceException {
    if (answer.status() == 200) {
      return answer;
    }
    String message =
        "%s: expected status 200, found %d".formatted(Urls.plain(answer.url()), answer.status());
    if (answer.status() == 401 || answer.status() == 403) {
      boolean credentials = access.basic().isPresent() || access.clientCertificate().isPresent();
      throw new ChartSourceException(
          message + (credentials ? " with the credentials of authSecret" : " without authSecret"));
    }
    throw answer.status() >= 500 || answer.status() == 429
        ? ChartSourceException.unreachable(message, null)
        : new ChartSourceException(message);
  }

  /** The address with a slash at its end, so that names resolve below it. */
  private static URI directory(URI repository) {
    String text = repository.toString();
    int end = text.indexOf('?') >= 0 ? text.indexOf('?') : text.length();
    return text.charAt(end - 1) == '/'
        ? repository
        : URI.create(text.substring(0, end) + "/" + text.substring(end));
  }

  private static String query(URI repository) {
    return repository.getRawQuery() == null ? "" : "?" + repository.getRawQuery();
  }
}
