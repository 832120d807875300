package dev.plinth.helm.source;

import dev.plinth.helm.source.ChartReference.AtUrl;
import dev.plinth.helm.source.ChartReference.InRegistry;
import dev.plinth.helm.source.ChartReference.InRepository;
import dev.plinth.helm.source.ChartReference.Inline;
import dev.plinth.helm.source.ChartReference.Static;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The fields of a HelmChart that say which chart it is, as K3s reads them. None is null; empty is
 * unset.
 *
 * @param chart a name, an address of an archive, or {@code oci://...}
 * @param repo a repository
 * @param version an exact version, or a constraint
 * @param chartContent an archive in base64; it beats the others
 */
public record ChartFields(String chart, String repo, String version, String chartContent) {

  /** What K3s puts the server's own address in place of. */
  private static final String API = "%{KUBERNETES_API}%";

  private static final Pattern STATIC =
      Pattern.compile("https?://" + Pattern.quote(API) + "/static/charts/(.+)");
  private static final Pattern OCI = Pattern.compile("oci://([^/@]+)/([^:@]+)(?::([^:@/]+))?");
  private static final String ARCHIVED_STABLE = "https://charts.helm.sh/stable";

  public ChartFields {
    chart = chart == null ? "" : chart.strip();
    repo = repo == null ? "" : repo.strip();
    version = version == null ? "" : version.strip();
    chartContent = chartContent == null ? "" : chartContent;
  }

  /**
   * @throws ChartSourceException if the fields name no chart; the message names the field
   */
  public ChartReference reference() throws ChartSourceException {
    if (!chartContent.isBlank()) {
      return inline();
    }
    if (chart.isEmpty()) {
      throw new ChartSourceException(
          "chart: expected a name, an address or chartContent, found nothing");
    }
    if (chart.startsWith("oci://")) {
      return inRegistry("chart", chart);
    }
    if (chart.contains(API)) {
      Matcher matcher = STATIC.matcher(chart);
      if (!matcher.matches()) {
        throw new ChartSourceException(
            "chart: expected https://%s/static/charts/FILE, found %s".formatted(API, chart));
      }
      return new Static(matcher.group(1));
    }
    if (chart.matches("https?://.*")) {
      return new AtUrl(uri("chart", chart));
    }
    if (repo.startsWith("oci://")) {
      return inRegistry("repo", repo.replaceAll("/+$", "") + "/" + chart);
    }
    if (!repo.isEmpty()) {
      return new InRepository(uri("repo", repo), chart, version);
    }
    if (chart.startsWith("stable/")) {
      return new InRepository(
          uri("chart", ARCHIVED_STABLE), chart.substring("stable/".length()), version);
    }
    throw new ChartSourceException(
        "repo: the chart \"%s\" is a name, so a repository is needed, found nothing"
            .formatted(chart));
  }

  private Inline inline() throws ChartSourceException {
    try {
      return new Inline(Base64.getDecoder().decode(chartContent.replaceAll("\\s", "")));
    } catch (IllegalArgumentException e) {
      throw new ChartSourceException("chartContent: expected base64: " + e.getMessage(), e);
    }
  }

  private InRegistry inRegistry(String field, String text) throws ChartSourceException {
    Matcher matcher = OCI.matcher(text);
    if (!matcher.matches()) {
      throw new ChartSourceException(
          "%s: expected oci://HOST/PATH, without user or digest, found %s"
              .formatted(field, text.contains("@") ? text.replaceAll("//.*@", "//***@") : text));
    }
    String tag = matcher.group(3);
    if (tag != null && !version.isEmpty() && !tag.equals(version)) {
      throw new ChartSourceException(
          "version: %s differs from the tag in %s".formatted(version, text));
    }
    return new InRegistry(
        matcher.group(1), matcher.group(2), version.isEmpty() && tag != null ? tag : version);
  }

  private static URI uri(String field, String text) throws ChartSourceException {
    try {
      URI uri = new URI(text);
      if (uri.getHost() == null || uri.getScheme() == null || !uri.getScheme().matches("https?")) {
        throw new ChartSourceException(
            "%s: expected http://HOST/... or https://HOST/..., found %s"
                .formatted(field, Urls.plain(text)));
      }
      return uri;
    } catch (URISyntaxException e) {
      throw new ChartSourceException(
          "%s: expected a URL, found %s: %s".formatted(field, Urls.plain(text), e.getReason()));
    }
  }
}
