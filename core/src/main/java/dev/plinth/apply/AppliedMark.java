package dev.plinth.apply;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.hash.Hashing;
import java.util.SortedSet;

/**
 * The value of the annotation {@code plinth.dev/applied}: which declaration was applied last, and
 * which of its fields the server did not leave to us at that time, e.g. since an admission webhook
 * decided them. Equal marks mean that an apply would change nothing, so none is sent.
 */
final class AppliedMark {

  private static final int HASH_LENGTH = 32;
  private static final int FIELDS_LENGTH = 8;

  private AppliedMark() {}

  /** The hash of a declaration in canonical form. */
  static String hash(String canonicalJson) {
    return digest(canonicalJson, HASH_LENGTH);
  }

  /** The mark of a declaration of which these fields are not ours. */
  static String of(String hash, SortedSet<String> uncovered) {
    return uncovered.isEmpty()
        ? hash
        : hash + "-" + digest(String.join("\n", uncovered), FIELDS_LENGTH);
  }

  /** Whether a mark is one of this declaration. */
  static boolean isOf(String hash, String mark) {
    return mark.equals(hash) || mark.startsWith(hash + "-");
  }

  private static String digest(String text, int length) {
    return Hashing.sha256().hashString(text, UTF_8).toString().substring(0, length);
  }
}
