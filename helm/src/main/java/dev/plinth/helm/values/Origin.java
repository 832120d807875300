package dev.plinth.helm.values;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * Where a value came from.
 *
 * @param owner who brings it
 * @param object the object as messages call it, e.g. {@code HelmChart kube-system/traefik}, or the
 *     chart
 * @param field the object's field, e.g. {@code spec.valuesContent}; with the path of the value
 *     where the object holds it as a value of its own, e.g. {@code spec.values.ports.web}
 * @param secret the key of a Secret that the field refers to; its content is nothing to show
 * @param line in the text of the field or of the Secret's key, from 1; 0 where there is no text
 * @param column from 1, as the line
 */
public record Origin(
    Owner owner, String object, String field, Optional<SecretKey> secret, int line, int column) {

  public Origin {
    requireNonNull(owner, "owner");
    requireNonNull(object, "object");
    requireNonNull(field, "field");
    requireNonNull(secret, "secret");
  }

  /**
   * A key of a Secret.
   *
   * @param name the Secret, in the namespace of the object
   * @param key the key
   */
  public record SecretKey(String name, String key) {
    /** {@code Secret name, key k}. */
    @Override
    public String toString() {
      return "Secret %s, key %s".formatted(name, key);
    }
  }

  static Origin of(Owner owner, String object, String field) {
    return new Origin(owner, object, field, Optional.empty(), 0, 0);
  }

  Origin inSecret(String name, String key) {
    return new Origin(owner, object, field, Optional.of(new SecretKey(name, key)), line, column);
  }

  Origin at(int otherLine, int otherColumn) {
    return new Origin(owner, object, field, secret, otherLine, otherColumn);
  }

  Origin inField(String otherField) {
    return new Origin(owner, object, otherField, secret, line, column);
  }

  /**
   * {@code object: field, line l, column c}, e.g. {@code HelmChart kube-system/traefik:
   * spec.valuesContent, line 3, column 5}.
   */
  @Override
  public String toString() {
    String place = line > 0 ? ", line %d, column %d".formatted(line, column) : "";
    return object + ": " + field + secret.map(it -> ", " + it).orElse("") + place;
  }
}
