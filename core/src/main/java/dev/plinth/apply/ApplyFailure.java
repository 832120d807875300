package dev.plinth.apply;

import dev.plinth.cluster.Labels;
import dev.plinth.cluster.MissingRight;
import dev.plinth.cluster.ResourceKind;
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

  /** Reason: the kind itself is not there. */
  static final String NOT_FOUND = "NotFound";

  /** Reason: the object's namespace is not there. */
  static final String NAMESPACE_MISSING = "NamespaceMissing";

  /** Reason: the object's namespace is being deleted. */
  static final String NAMESPACE_TERMINATING = "NamespaceTerminating";

  private static final int UNPROCESSABLE = 422;
  private static final int TOO_MANY_REQUESTS = 429;

  /** How the API server's validations say that a field of a live object cannot be changed. */
  private static final Pattern IMMUTABLE =
      Pattern.compile(
          "immutable|may not (?:be )?changed?|cannot change|updates to .* are forbidden");

  /** How server-side apply says, with code 500, that a declaration does not fit its kind. */
  private static final String MISFIT = "failed to create typed patch object";

  /** Go's words for bytes that are not base64, behind code 500 too. */
  private static final String NO_BASE64 = "illegal base64 data";

  private static final Pattern MISFITTING_FIELD =
      Pattern.compile(
          "\\.([\\w.\\[\\]=\"-]+): (expected \\w+(?: \\w+)*|field not declared in schema)");

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
    return of(e, desired.kind(), desired.namespace(), desired.name());
  }

  static ApplyFailure of(
      KubernetesClientException e, ResourceKind kind, String namespace, String name) {
    boolean secret = kind.groupKind().equals("Secret");
    Optional<ApplyFailure> misfit = misfit(e);
    if (misfit.isPresent()) {
      return misfit.get();
    }
    Optional<Refusal> refusal = secret ? Optional.empty() : Refusal.parse(told(e, false));
    if (refusal.isPresent()) {
      return new ApplyFailure(
          refusal.get().reason(), refusal.get().message(), !refusal.get().terminal());
    }
    return switch (e.getCode()) {
      case HttpURLConnection.HTTP_FORBIDDEN ->
          isNamespaceTerminating(e) ? namespaceTerminating(namespace) : forbidden(e, secret);
      case HttpURLConnection.HTTP_NOT_FOUND ->
          isNamespaceMissing(e, namespace)
              ? namespaceMissing(namespace)
              : new ApplyFailure(NOT_FOUND, told(e, secret), true);
      case HttpURLConnection.HTTP_CONFLICT -> new ApplyFailure("Conflict", told(e, secret), true);
      case UNPROCESSABLE, HttpURLConnection.HTTP_BAD_REQUEST -> invalid(e, kind, namespace, name);
      case TOO_MANY_REQUESTS -> new ApplyFailure("ServerBusy", told(e, secret), true);
      default ->
          isRefusal(e)
              ? new ApplyFailure("Refused", told(e, secret), false)
              : new ApplyFailure("ServerUnavailable", told(e, secret), true);
    };
  }

  /** Of any kind only the fields and what is expected: the words behind quote values. */
  private static Optional<ApplyFailure> misfit(KubernetesClientException e) {
    String words = String.valueOf(e.getMessage());
    if (words.contains(NO_BASE64)) {
      return Optional.of(
          new ApplyFailure(
              "Invalid",
              "a value is not base64; of a Secret, text belongs into stringData",
              false));
    }
    if (!words.contains(MISFIT)) {
      return Optional.empty();
    }
    String fields =
        MISFITTING_FIELD
            .matcher(words)
            .results()
            .map(it -> "%s: %s".formatted(it.group(1), it.group(2)))
            .distinct()
            .collect(Collectors.joining(", "));
    return Optional.of(
        new ApplyFailure(
            "Invalid",
            fields.isEmpty() ? "it does not fit the schema of its kind" : fields,
            false));
  }

  /**
   * Whether the refusal is about fields for which the object is replaced, and about nothing else: a
   * declaration with another fault would be refused again once the old object is gone. These are
   * K3s's, and all that cannot be changed if the declaration consents to it.
   */
  static boolean asksForReplacement(KubernetesClientException e, DesiredObject desired) {
    Set<String> replaced = REPLACED_FOR.getOrDefault(desired.kind().groupKind(), Set.of());
    List<StatusCause> causes = causes(e);
    return !causes.isEmpty()
        && causes.stream()
            .allMatch(
                it ->
                    isImmutability(it)
                        && (desired.replaceAllowed() || replaced.contains(it.getField())));
  }

  /** Not one: a request without a whole answer, which has no code or that of a success. */
  private static boolean isRefusal(KubernetesClientException e) {
    return e.getCode() >= HttpURLConnection.HTTP_BAD_REQUEST
        && e.getCode() < HttpURLConnection.HTTP_INTERNAL_ERROR;
  }

  private static ApplyFailure namespaceMissing(String namespace) {
    return new ApplyFailure(
        NAMESPACE_MISSING,
        "there is no namespace %s; it is applied once there is: declare it in a manifest, or kubectl create namespace %s"
            .formatted(namespace, namespace),
        true);
  }

  private static ApplyFailure namespaceTerminating(String namespace) {
    return new ApplyFailure(
        NAMESPACE_TERMINATING,
        "namespace %s is being deleted; it is applied once there is one of that name again"
            .formatted(namespace),
        true);
  }

  private static ApplyFailure forbidden(KubernetesClientException e, boolean secret) {
    // The rule is built from names only, so it is told of a Secret too.
    return MissingRight.of(e)
        .map(it -> new ApplyFailure("Forbidden", it, false))
        .orElseGet(() -> new ApplyFailure("Forbidden", told(e, secret), false));
  }

  private static ApplyFailure invalid(
      KubernetesClientException e, ResourceKind kind, String namespace, String name) {
    List<String> immutable = immutableFields(e);
    if (immutable.isEmpty()) {
      return new ApplyFailure("Invalid", told(e, kind.groupKind().equals("Secret")), false);
    }
    return new ApplyFailure(
        "ImmutableField",
        "%s cannot be changed on the live object. Delete it (kubectl delete %s %s%s), or declare it with the annotation %s: allow to have Plinth do so; it is created anew as declared then"
            .formatted(
                String.join(", ", immutable),
                kind.plural(),
                name,
                namespace.isEmpty() ? "" : " -n " + namespace,
                Labels.REPLACE),
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
    return cause.getField() != null && IMMUTABLE.matcher(String.valueOf(cause.getMessage())).find();
  }

  private static boolean isNamespaceMissing(KubernetesClientException e, String namespace) {
    return Optional.ofNullable(e.getStatus())
        .map(Status::getDetails)
        .filter(it -> "namespaces".equals(it.getKind()) && namespace.equals(it.getName()))
        .isPresent();
  }

  /** The one reason to forbid that passes by itself. */
  private static boolean isNamespaceTerminating(KubernetesClientException e) {
    return causes(e).stream().anyMatch(it -> "NamespaceTerminating".equals(it.getReason()));
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
