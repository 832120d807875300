package dev.plinth.diagnosis;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Why the API server refused to create or change an object, recognised by its words: they are the
 * same whether they answer a request of ours or stand in an event about a request of a controller.
 *
 * @param reason one CamelCase word
 * @param message who refused it, and the server's words
 * @param terminal whether asking again is of no use
 */
public record Refusal(String reason, String message, boolean terminal) {

  private record Known(Pattern pattern, String reason, String who, boolean terminal) {}

  private static final List<Known> KNOWN =
      List.of(
          new Known(
              Pattern.compile("exceeded quota: (?<name>[^,]+)"),
              "Quota",
              "the ResourceQuota %s is used up",
              true),
          new Known(
              Pattern.compile("admission webhook \"(?<name>[^\"]+)\" denied the request"),
              "AdmissionDenied",
              "the admission webhook %s denies it",
              true),
          new Known(
              Pattern.compile("failed calling webhook \"(?<name>[^\"]+)\""),
              "WebhookDown",
              "the admission webhook %s does not answer; repair its service, or delete its"
                  + " configuration",
              false),
          new Known(
              Pattern.compile("ValidatingAdmissionPolicy '(?<name>[^']+)'"),
              "AdmissionDenied",
              "the ValidatingAdmissionPolicy %s denies it",
              true),
          new Known(
              Pattern.compile("violates PodSecurity \"(?<name>[^\"]+)\""),
              "AdmissionDenied",
              "the namespace's Pod Security level %s denies it",
              true));

  /** What the server's words mean; empty if they are not of a known form. */
  public static Optional<Refusal> parse(String words) {
    for (Known known : KNOWN) {
      Matcher matcher = known.pattern().matcher(words);
      if (matcher.find()) {
        return Optional.of(
            new Refusal(
                known.reason(),
                // Without what stands before: it names the one object of many that was tried last.
                known.who().formatted(matcher.group("name"))
                    + ": "
                    + words.substring(matcher.start()),
                known.terminal()));
      }
    }
    return Optional.empty();
  }
}
