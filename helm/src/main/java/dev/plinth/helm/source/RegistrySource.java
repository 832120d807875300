package dev.plinth.helm.source;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.plinth.helm.source.ChartReference.InRegistry;
import dev.plinth.helm.source.Download.Answer;
import dev.plinth.helm.source.Download.Get;
import dev.plinth.helm.source.SourceAccess.Basic;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Charts in OCI registries: the few requests of the distribution protocol that a chart takes. */
final class RegistrySource {
  private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
  private static final String CHART = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";

  /** What charts had until Helm 3.7. */
  private static final String OLD_CHART = "application/tar+gzip";

  private static final int LARGEST_DOCUMENT = 8 << 20;
  private static final int PAGES_OF_TAGS = 100;
  private static final Pattern NEXT_PAGE = Pattern.compile("<([^>]+)>\\s*;\\s*rel=\"?next\"?");
  private static final Pattern PARAMETER = Pattern.compile("(\\w+)=\"([^\"]*)\"");
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final InRegistry reference;
  private final SourceAccess access;
  private final Download download;
  private final URI base;
  private Optional<String> authorization = Optional.empty();

  RegistrySource(InRegistry reference, SourceAccess access) throws ChartSourceException {
    this.reference = reference;
    this.access = access;
    this.download = new Download(access);
    String host =
        reference.registry().equals("docker.io") ? "registry-1.docker.io" : reference.registry();
    try {
      this.base =
          new URI(
              "%s://%s/v2/%s/"
                  .formatted(access.plainHttp() ? "http" : "https", host, reference.repository()));
      if (base.getHost() == null) {
        throw new java.net.URISyntaxException(host, "no host");
      }
    } catch (java.net.URISyntaxException e) {
      throw new ChartSourceException(
          "chart: expected oci://HOST/PATH, found oci://%s/%s"
              .formatted(reference.registry(), reference.repository()));
    }
  }

  RemoteArchive fetch() throws ChartSourceException, InterruptedException {
    String tag = tag();
    String where = "oci://%s/%s:%s".formatted(reference.registry(), reference.repository(), tag);
    Answer answer =
        ok(get("manifests/" + tag, Map.of("Accept", MANIFEST), LARGEST_DOCUMENT), where);
    JsonNode manifest = json(answer, where);
    JsonNode layer = null;
    for (JsonNode candidate : manifest.path("layers")) {
      String type = candidate.path("mediaType").asText();
      if (type.equals(CHART) || type.equals(OLD_CHART)) {
        layer = candidate;
        break;
      }
    }
    if (layer == null || !layer.path("digest").asText().matches("sha256:[0-9a-f]{64}")) {
      throw new ChartSourceException(
          "%s is no chart: expected a layer of the type %s, found %s"
              .formatted(
                  where,
                  CHART,
                  manifest.path("config").path("mediaType").asText("something else")));
    }
    String digest = layer.path("digest").asText();
    byte[] archive = ok(get("blobs/" + digest, Map.of(), HttpSource.LARGEST_ARCHIVE), where).body();
    Digests.verify(archive, digest, where);
    return new RemoteArchive(archive, where);
  }

  /** A tag has an underscore where a version has a plus. */
  private String tag() throws ChartSourceException, InterruptedException {
    String version = reference.version();
    if (VersionChoice.isExact(version)
        || !version.isEmpty() && version.matches("[A-Za-z_][\\w.-]*") && !isConstraint(version)) {
      return version.replace('+', '_');
    }
    List<String> versions = tags().stream().map(tag -> tag.replace('_', '+')).toList();
    return VersionChoice.choose(version, versions, reference.describe()).replace('+', '_');
  }

  private static boolean isConstraint(String version) {
    return version.matches("[xX*].*|v?[0-9xX*]+(\\.[0-9xX*]+)*");
  }

  private List<String> tags() throws ChartSourceException, InterruptedException {
    List<String> tags = new ArrayList<>();
    String next = "tags/list";
    for (int page = 0; page < PAGES_OF_TAGS; page++) {
      Answer answer = ok(get(next, Map.of(), LARGEST_DOCUMENT), reference.describe());
      json(answer, reference.describe()).path("tags").forEach(tag -> tags.add(tag.asText()));
      Matcher link = NEXT_PAGE.matcher(answer.headers().firstValue("Link").orElse(""));
      if (!link.find()) {
        return tags;
      }
      next = link.group(1);
    }
    return tags;
  }

  /** Asks, and asks again with what the registry wants to see if it says so. */
  private Answer get(String path, Map<String, String> headers, int most)
      throws ChartSourceException, InterruptedException {
    URI url = base.resolve(path);
    boolean same = Urls.isSameServer(url, base);
    Answer answer =
        download.send(new Get(url, headers, same ? authorization : Optional.empty(), same, most));
    if (answer.status() != 401 || authorization.isPresent() || !same) {
      return answer;
    }
    authorization = answerTo(answer.headers().firstValue("WWW-Authenticate").orElse(""));
    return authorization.isEmpty()
        ? answer
        : download.send(new Get(url, headers, authorization, true, most));
  }

  private Optional<String> answerTo(String challenge)
      throws ChartSourceException, InterruptedException {
    if (challenge.regionMatches(true, 0, "Bearer ", 0, 7)) {
      return Optional.of(Authorization.bearer(token(challenge)));
    }
    return credentials().map(Authorization::basic);
  }

  private String token(String challenge) throws ChartSourceException, InterruptedException {
    Map<String, String> parameters = new java.util.HashMap<>();
    Matcher matcher = PARAMETER.matcher(challenge);
    while (matcher.find()) {
      parameters.put(matcher.group(1), matcher.group(2));
    }
    String scope =
        parameters.getOrDefault("scope", "repository:" + reference.repository() + ":pull");
    String realm = parameters.getOrDefault("realm", "");
    URI url;
    try {
      url =
          new URI(
              realm
                  + (realm.contains("?") ? "&" : "?")
                  + "scope="
                  + encode(scope)
                  + (parameters.containsKey("service")
                      ? "&service=" + encode(parameters.get("service"))
                      : ""));
    } catch (java.net.URISyntaxException e) {
      throw noTokens(realm);
    }
    if (url.getHost() == null
        || !url.getScheme().equals("https")
            && !(access.plainHttp() && url.getScheme().equals("http"))) {
      throw noTokens(realm);
    }
    Answer answer =
        download.send(
            new Get(
                url,
                Map.of(),
                credentials().map(Authorization::basic),
                Urls.isSameServer(url, base),
                LARGEST_DOCUMENT));
    JsonNode body = json(ok(answer, Urls.plain(url)), Urls.plain(url));
    String token = body.path("token").asText(body.path("access_token").asText());
    if (token.isEmpty()) {
      throw new ChartSourceException("%s: expected a token, found none".formatted(Urls.plain(url)));
    }
    return token;
  }

  private ChartSourceException noTokens(String realm) {
    return new ChartSourceException(
        "%s has its tokens at %s; expected an https address"
            .formatted(reference.describe(), Urls.plain(realm)));
  }

  private Optional<Basic> credentials() throws ChartSourceException {
    if (access.dockerConfig().isPresent()) {
      Optional<Basic> found =
          DockerConfig.parse(access.dockerConfig().get())
              .find(reference.registry(), reference.repository());
      if (found.isPresent()) {
        return found;
      }
    }
    return access.basic();
  }

  private Answer ok(Answer answer, String where) throws ChartSourceException {
    if (answer.status() == 200) {
      return answer;
    }
    String message =
        "%s: %s: expected status 200, found %d"
            .formatted(where, Urls.plain(answer.url()), answer.status());
    if (answer.status() == 401 || answer.status() == 403) {
      throw new ChartSourceException(
          message
              + (credentials().isPresent()
                  ? " with the credentials that there are"
                  : " without credentials: no dockerRegistrySecret or authSecret has any for it"));
    }
    throw answer.status() >= 500 || answer.status() == 429
        ? ChartSourceException.unreachable(message, null)
        : new ChartSourceException(message);
  }

  private static JsonNode json(Answer answer, String where) throws ChartSourceException {
    try {
      return MAPPER.readTree(answer.body());
    } catch (JsonProcessingException e) {
      throw new ChartSourceException(
          "%s: %s: expected JSON, found something else".formatted(where, Urls.plain(answer.url())));
    } catch (IOException e) {
      throw new ChartSourceException(where + ": " + e.getMessage(), e);
    }
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
