package dev.plinth.helm.model;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a HelmChart asks for. References are null, collections empty, where the object says nothing.
 *
 * @param chart name in the repository, or the address of an archive, {@code https://} or {@code
 *     oci://}
 * @param repo address of the repository
 * @param version version of the chart; the latest stable one if null
 * @param chartContent the chart's archive in base64; wins over {@code chart} and {@code version}
 * @param targetNamespace namespace of the release; the object's own if null
 * @param createNamespace whether the namespace of the release is created
 * @param set single values, the strongest ones; each a scalar where the API server validated it
 * @param values values as an object; anything else where the API server did not validate it
 * @param valuesContent values as YAML
 * @param valuesSecrets Secrets with values, the last one strongest
 * @param repoCA certificates of the repository's authority, in PEM
 * @param repoCAConfigMap ConfigMap with further such certificates under any key
 * @param authSecret Secret with {@code username} and {@code password}, or with {@code tls.crt} and
 *     {@code tls.key}
 * @param authPassCredentials whether the credentials also go to other hosts
 * @param dockerRegistrySecret Secret with {@code .dockerconfigjson}
 * @param insecureSkipTLSVerify whether the server's certificate is not looked at
 * @param plainHTTP whether an OCI registry is spoken to without TLS
 * @param timeout how long an operation may take, as Go writes durations; see {@link GoDuration}
 * @param failurePolicy {@code abort}, {@code reinstall} or {@code retry}
 * @param takeOwnership whether existing objects become the release's
 * @param serverSide {@code true}, {@code false} or {@code auto}
 * @param forceConflicts whether conflicts of server-side apply are forced
 * @param driver where Helm keeps its records: {@code secret} or {@code configmap}
 * @param backOffLimit highest number of attempts
 * @param bootstrap whether the chart is needed before the network of pods; has no effect here
 * @param jobImage image of K3s's pod; has no effect here
 * @param podSecurityContext of K3s's pod; has no effect here
 * @param securityContext of K3s's container; has no effect here
 * @param helmVersion {@code v3} or empty
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record HelmChartSpec(
    String chart,
    String repo,
    String version,
    String chartContent,
    String targetNamespace,
    boolean createNamespace,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, JsonNode> set,
    JsonNode values,
    String valuesContent,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<ValuesSecret> valuesSecrets,
    String repoCA,
    LocalObjectReference repoCAConfigMap,
    LocalObjectReference authSecret,
    boolean authPassCredentials,
    LocalObjectReference dockerRegistrySecret,
    boolean insecureSkipTLSVerify,
    boolean plainHTTP,
    String timeout,
    String failurePolicy,
    boolean takeOwnership,
    String serverSide,
    boolean forceConflicts,
    String driver,
    Long backOffLimit,
    boolean bootstrap,
    String jobImage,
    JsonNode podSecurityContext,
    JsonNode securityContext,
    String helmVersion)
    implements ValuesFields {

  /** A HelmChart that asks for nothing. */
  public static final HelmChartSpec EMPTY =
      new HelmChartSpec(
          null, null, null, null, null, false, null, null, null, null, null, null, null, false,
          null, false, false, null, null, false, null, false, null, null, false, null, null, null,
          null);

  public HelmChartSpec {
    set = set == null ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(set));
    values = ValuesFields.absentIfNull(values);
    valuesSecrets = valuesSecrets == null ? List.of() : List.copyOf(valuesSecrets);
    podSecurityContext = ValuesFields.absentIfNull(podSecurityContext);
    securityContext = ValuesFields.absentIfNull(securityContext);
  }

  /** Never says what the values are. */
  @Override
  public String toString() {
    return "HelmChartSpec[chart=%s, repo=%s, version=%s]".formatted(chart, repo, version);
  }
}
