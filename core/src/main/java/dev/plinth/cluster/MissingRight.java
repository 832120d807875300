package dev.plinth.cluster;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Tells which right a refused request lacked. */
public final class MissingRight {

  private static final Pattern RBAC =
      Pattern.compile(
          "User \"(?<user>[^\"]*)\" cannot (?<verb>\\S+) resource \"(?<resource>[^\"]*)\" in API"
              + " group \"(?<group>[^\"]*)\"(?: in the namespace \"(?<namespace>[^\"]*)\")?");

  private MissingRight() {}

  /**
   * One line with the rule to add, made of names only; empty if the request was refused by
   * something else than RBAC.
   */
  public static Optional<String> of(KubernetesClientException e) {
    Matcher rbac = RBAC.matcher(String.valueOf(e.getMessage()));
    if (!rbac.find()) {
      return Optional.empty();
    }
    String namespace =
        Optional.ofNullable(rbac.group("namespace")).map(it -> " in namespace " + it).orElse("");
    return Optional.of(
        "%s needs the rule {apiGroups: [\"%s\"], resources: [\"%s\"], verbs: [\"%s\"]}%s"
            .formatted(
                rbac.group("user"),
                rbac.group("group"),
                rbac.group("resource"),
                rbac.group("verb"),
                namespace));
  }
}
