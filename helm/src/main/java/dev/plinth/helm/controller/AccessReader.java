package dev.plinth.helm.controller;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.plinth.helm.controller.Reference.Keys;
import dev.plinth.helm.model.HelmChart;
import dev.plinth.helm.model.HelmChartSpec;
import dev.plinth.helm.source.SourceAccess;
import dev.plinth.helm.values.Owner;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/** With what a chart's source is asked: fields of the HelmChart, and what they refer to. */
final class AccessReader {

  private static final String USER = "username";
  private static final String PASSWORD = "password";
  private static final String CERTIFICATE = "tls.crt";
  private static final String KEY = "tls.key";
  private static final String DOCKER = ".dockerconfigjson";

  private final HelmChart chart;
  private final HelmChartSpec spec;
  private final Function<ReferencedObject, ReferencedContent> contents;
  private final List<InputProblem> problems;

  /**
   * @param contents what there is of the objects of {@link #references}
   * @param problems takes what is missing
   */
  AccessReader(
      HelmChart chart,
      Function<ReferencedObject, ReferencedContent> contents,
      List<InputProblem> problems) {
    this.chart = chart;
    this.spec = chart.getSpec();
    this.contents = contents;
    this.problems = problems;
  }

  /** What the fields refer to. */
  static List<Reference> references(HelmChart chart) {
    HelmChartSpec spec = chart.getSpec();
    String namespace = chart.getMetadata().getNamespace();
    List<Reference> references = new ArrayList<>();
    name(spec.authSecret())
        .map(it -> ReferencedObject.secret(namespace, it))
        .map(it -> Reference.to(it, Keys.of(USER, PASSWORD, CERTIFICATE, KEY)))
        .ifPresent(references::add);
    name(spec.dockerRegistrySecret())
        .map(it -> ReferencedObject.secret(namespace, it))
        .map(it -> Reference.to(it, Keys.of(DOCKER)))
        .ifPresent(references::add);
    name(spec.repoCAConfigMap())
        .map(it -> ReferencedObject.configMap(namespace, it))
        .map(it -> Reference.to(it, Keys.ALL))
        .ifPresent(references::add);
    return references;
  }

  /** The access as far as there is what it needs. */
  SourceAccess read() {
    SourceAccess access =
        credentials(
            SourceAccess.anonymous()
                .withPassCredentials(spec.authPassCredentials())
                .withPlainHttp(spec.plainHTTP())
                .withInsecureSkipTlsVerify(spec.insecureSkipTLSVerify())
                .withCertificateAuthorities(authorities()));
    return docker().map(access::withDockerConfig).orElse(access);
  }

  private SourceAccess credentials(SourceAccess access) {
    String field = "spec.authSecret";
    Optional<ReferencedObject> secret = secret(field, spec.authSecret());
    Optional<Map<String, byte[]>> found = secret.flatMap(it -> data(field, it));
    if (found.isEmpty()) {
      return access;
    }
    Map<String, byte[]> data = found.get();
    if (data.containsKey(USER) && data.containsKey(PASSWORD)) {
      return access.withBasic(text(data, USER), text(data, PASSWORD));
    }
    if (data.containsKey(CERTIFICATE) && data.containsKey(KEY)) {
      return access.withClientCertificate(text(data, CERTIFICATE), text(data, KEY));
    }
    problems.add(
        problem(
            InputProblem.MISSING_REFERENCE,
            "%s: expected the keys %s and %s, or %s and %s, in %s, found %s"
                .formatted(
                    field,
                    USER,
                    PASSWORD,
                    CERTIFICATE,
                    KEY,
                    secret.get(),
                    data.isEmpty()
                        ? "none of them"
                        : "only " + String.join(", ", new TreeMap<>(data).keySet()))));
    return access;
  }

  private Optional<String> docker() {
    String field = "spec.dockerRegistrySecret";
    Optional<ReferencedObject> secret = secret(field, spec.dockerRegistrySecret());
    Optional<Map<String, byte[]>> data = secret.flatMap(it -> data(field, it));
    if (data.isPresent() && !data.get().containsKey(DOCKER)) {
      problems.add(
          problem(
              InputProblem.MISSING_REFERENCE,
              "%s: expected the key %s in %s, found no such key"
                  .formatted(field, DOCKER, secret.get())));
    }
    return data.filter(it -> it.containsKey(DOCKER)).map(it -> text(it, DOCKER));
  }

  private List<String> authorities() {
    List<String> authorities = new ArrayList<>();
    if (spec.repoCA() != null && !spec.repoCA().isBlank()) {
      authorities.add(spec.repoCA());
    }
    String field = "spec.repoCAConfigMap";
    Optional<ReferencedObject> configMap =
        object(field, spec.repoCAConfigMap(), ReferencedObject.Kind.CONFIG_MAP);
    Optional<Map<String, byte[]>> data = configMap.flatMap(it -> data(field, it));
    if (data.filter(Map::isEmpty).isPresent()) {
      problems.add(
          problem(
              InputProblem.MISSING_REFERENCE,
              "%s: expected certificates under any key of %s, found no key"
                  .formatted(field, configMap.get())));
    }
    data.ifPresent(it -> new TreeMap<>(it).keySet().forEach(key -> authorities.add(text(it, key))));
    return authorities;
  }

  private Optional<ReferencedObject> secret(String field, LocalObjectReference reference) {
    return object(field, reference, ReferencedObject.Kind.SECRET);
  }

  private Optional<ReferencedObject> object(
      String field, LocalObjectReference reference, ReferencedObject.Kind kind) {
    if (reference != null && name(reference).isEmpty()) {
      problems.add(
          problem(
              InputProblem.INVALID_FIELD,
              "%s.name: found nothing, expected the name of a %s".formatted(field, kind)));
    }
    return name(reference)
        .map(it -> new ReferencedObject(kind, chart.getMetadata().getNamespace(), it));
  }

  private Optional<Map<String, byte[]>> data(String field, ReferencedObject object) {
    ReferencedContent content = contents.apply(object);
    if (content instanceof ReferencedContent.Found found) {
      return Optional.of(found.data());
    }
    if (content instanceof ReferencedContent.Absent) {
      problems.add(
          problem(
              InputProblem.MISSING_REFERENCE,
              "%s: expected %s, found none of that name".formatted(field, object)));
    } else if (content instanceof ReferencedContent.Unreadable unreadable) {
      problems.add(
          problem(
              InputProblem.UNREADABLE_REFERENCE,
              "%s: %s can not be read: %s".formatted(field, object, unreadable.message())));
    }
    return Optional.empty();
  }

  private InputProblem problem(String reason, String message) {
    return new InputProblem(Owner.HELM_CHART, reason, chart.reference() + ": " + message);
  }

  private static Optional<String> name(LocalObjectReference reference) {
    return Optional.ofNullable(reference)
        .map(LocalObjectReference::getName)
        .filter(it -> !it.isEmpty());
  }

  private static String text(Map<String, byte[]> data, String key) {
    return new String(data.get(key), UTF_8);
  }
}
