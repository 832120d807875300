package dev.plinth.apply;

import dev.plinth.diagnosis.Refusal;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.StatusCause;
import io.fabric8.kubernetes.api.model.StatusDetails;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A refused or failed request, told so that a person can act on it.
 *
 * @param reason one CamelCase word
 * @param message one line, without contents of a Secret
 * @param passing whether trying again may help
 */
record ApplyFailure(String reason, String message, boolean passing) {

  private static final int UNPROCESSABLE = 422;
  private static final int TOO_MANY_REQUESTS = 429;

  private static final Pattern RBAC =
      Pattern.compile(
          "User \"(?<user>[^\"]*)\" cannot (?<verb>\\S+) resource \"(?<resource>[^\"]*)\" in API"
              + " group \"(?<group>[^\"]*)\"(?: in the namespace \"(?<namespace>[^\"]*)\")?");

  /**
   * Fields that cannot be changed in place and for which K3s deletes and recreates the object: its
   * deploy controller's rules, but for a Service's type, which server-side apply changes in place.
   */
  private static final Map<String, Set<String>> REPLACED_FOR =
      Map.of(
          "Deployment.apps", Set.of("spec.selector"),
          "DaemonSet.apps", Set.of("spec.selector"),
          "Secret", Set.of("type"),
          "Job.batch", Set.of("spec.template"));

  static ApplyFailure of(KubernetesClientException e, DesiredObject desired) {
    boolean secret = desired.kind().groupKind().equals("Secret");
    Optional<Refusal> refusal = secret ? Optional.empty() : Refusal.parse(told(e, false));
    if (refusal.isPresent()) {
      return new ApplyFailure(
          refusal.get().reason(), refusal.get().message(), !refusal.get().terminal());
    }
    return switch (e.getCode()) {
      case HttpURLConnection.HTTP_FORBIDDEN -> forbidden(e, secret);
      case HttpURLConnection.HTTP_NOT_FOUND -> new ApplyFailure("NotFound", told(e, secret), true);
      case HttpURLConnection.HTTP_CONFLICT -> new ApplyFailure("Conflict", told(e, secret), true);
      case UNPROCESSABLE, HttpURLConnection.HTTP_BAD_REQUEST -> invalid(e, desired, secret);
      case TOO_MANY_REQUESTS -> new ApplyFailure("ServerBusy", told(e, secret), true);
      default ->
          e.getCode() == 0 || e.getCode() >= HttpURLConnection.HTTP_INTERNAL_ERROR
              ? new ApplyFailure("ServerUnavailable", told(e, secret), true)
              : new ApplyFailure("Refused", told(e, secret), false);
    };
  }

  /** Whether the refusal is about fields for which the object is replaced. */
  static boolean asksForReplacement(KubernetesClientException e, DesiredObject desired) {
    Set<String> replaced = REPLACED_FOR.getOrDefault(desired.kind().groupKind(), Set.of());
    List<String> fields = immutableFields(e);
    return !fields.isEmpty() && replaced.containsAll(fields);
  }

  private static ApplyFailure forbidden(KubernetesClientException e, boolean secret) {
    String message = told(e, secret);
    Matcher rbac = RBAC.matcher(message);
    if (!rbac.find()) {
      return new ApplyFailure("Forbidden", message, false);
    }
    String namespace =
        Optional.ofNullable(rbac.group("namespace")).map(it -> " in namespace " + it).orElse("");
    return new ApplyFailure(
        "Forbidden",
        "%s needs the rule {apiGroups: [\"%s\"], resources: [\"%s\"], verbs: [\"%s\"]}%s"
            .formatted(
                rbac.group("user"),
                rbac.group("group"),
                rbac.group("resource"),
                rbac.group("verb"),
                namespace),
        false);
  }

  private static ApplyFailure invalid(
      KubernetesClientException e, DesiredObject desired, boolean secret) {
    List<String> immutable = immutableFields(e);
    if (immutable.isEmpty()) {
      return new ApplyFailure("Invalid", told(e, secret), false);
    }
    return new ApplyFailure(
        "ImmutableField",
        "%s cannot be changed on the live object; delete it (kubectl delete %s %s%s) and it is created anew as declared"
            .formatted(
                String.join(", ", immutable),
                desired.kind().plural(),
                desired.name(),
                desired.namespace().isEmpty() ? "" : " -n " + desired.namespace()),
        false);
  }

  private static List<String> immutableFields(KubernetesClientException e) {
    return causes(e).stream()
        .filter(ApplyFailure::isImmutability)
        .map(StatusCause::getField)
        .distinct()
        .toList();
  }

  private static boolean isImmutability(StatusCause cause) {
    String message = String.valueOf(cause.getMessage());
    return cause.getField() != null
        && (message.contains("immutable") || message.contains("may not change once set"));
  }

  /** The server's words; of a Secret only the fields, since the words may quote values. */
  private static String told(KubernetesClientException e, boolean secret) {
    if (!secret || e.getStatus() == null) {
      return String.valueOf(e.getMessage());
    }
    String fields =
        causes(e).stream()
            .map(it -> it.getField() + ": " + it.getReason())
            .collect(Collectors.joining(", "));
    return fields.isEmpty()
        ? "the server refused it (%s %s)".formatted(e.getCode(), e.getStatus().getReason())
        : "the server refused it: " + fields;
  }

  private static List<StatusCause> causes(KubernetesClientException e) {
    return Optional.ofNullable(e.getStatus())
        .map(Status::getDetails)
        .map(StatusDetails::getCauses)
        .orElse(List.of());
  }
}
