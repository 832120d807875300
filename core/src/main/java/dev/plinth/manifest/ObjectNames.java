package dev.plinth.manifest;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What every API server asks of the words that say which object a document is (Kubernetes' rules
 * for path segments, labels and subdomains of DNS). They become parts of requests' paths, so what
 * could lead elsewhere is refused before anything is sent; what one kind asks beyond that is the
 * server's to say.
 */
final class ObjectNames {

  private static final String LABEL = "[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?";

  private static final Pattern DNS_LABEL = Pattern.compile(LABEL);

  private static final Pattern API_VERSION =
      Pattern.compile("(?:%1$s(?:\\.%1$s)*/)?%1$s".formatted(LABEL));

  private static final Pattern KIND = Pattern.compile("[A-Za-z](?:[-A-Za-z0-9]{0,61}[A-Za-z0-9])?");

  /** Longer ones fit no name of a path segment, nor of a subdomain. */
  private static final int LONGEST = 253;

  private ObjectNames() {}

  /**
   * @return what is wrong with it, without quoting it
   */
  static Optional<String> wrongInApiVersion(String text) {
    return API_VERSION.matcher(text).matches()
        ? Optional.empty()
        : Optional.of("found no API version, expected one like 'v1' or 'apps/v1'");
  }

  /**
   * @return what is wrong with it, without quoting it
   */
  static Optional<String> wrongInKind(String text) {
    return KIND.matcher(text).matches()
        ? Optional.empty()
        : Optional.of("found no kind, expected a word like 'ConfigMap'");
  }

  /**
   * @return what is wrong with it, without quoting it
   */
  static Optional<String> wrongInNamespace(String text) {
    return DNS_LABEL.matcher(text).matches()
        ? Optional.empty()
        : Optional.of(
            "found no name of a namespace, expected at most 63 of a-z, 0-9 and '-', with neither"
                + " end a '-'");
  }

  /**
   * @return what is wrong with it, without quoting it
   */
  static Optional<String> wrongInName(String text) {
    if (text.length() > LONGEST) {
      return Optional.of(
          "found a name of %d characters, expected at most %d".formatted(text.length(), LONGEST));
    }
    if (text.equals(".") || text.equals("..") || text.indexOf('/') >= 0 || text.indexOf('%') >= 0) {
      return Optional.of(
          "found a name that no object can have: it is '.' or '..', or has a '/' or '%'");
    }
    return text.codePoints().anyMatch(ObjectNames::isInvisible)
        ? Optional.of("found a blank, a line break or an invisible character in a name")
        : Optional.empty();
  }

  private static boolean isInvisible(int character) {
    return Character.isWhitespace(character)
        || Character.isSpaceChar(character)
        || Character.isISOControl(character)
        || Character.getType(character) == Character.FORMAT;
  }
}
