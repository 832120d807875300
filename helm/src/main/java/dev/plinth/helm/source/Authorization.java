package dev.plinth.helm.source;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.plinth.helm.source.SourceAccess.Basic;
import java.util.Base64;

/** Values of the header {@code Authorization}. */
final class Authorization {

  private Authorization() {}

  static String basic(Basic basic) {
    return basic(basic.username(), basic.password());
  }

  static String basic(String user, String password) {
    return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(UTF_8));
  }

  static String bearer(String token) {
    return "Bearer " + token;
  }
}
