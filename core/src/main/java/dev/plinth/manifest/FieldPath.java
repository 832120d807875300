package dev.plinth.manifest;

import java.util.regex.Pattern;

/** The way from a document to one of its fields, e.g. {@code spec.ports[0].name}. */
final class FieldPath {

  static final FieldPath ROOT = new FieldPath(null, "");

  private static final Pattern SIMPLE = Pattern.compile("[\\w$-]{1,253}");

  /**
   * Keys that something could have been named with on purpose. Others are not shown: they may be a
   * value of a Secret that got into the place of a key, or end a line of a log.
   */
  private static final Pattern SHOWN = Pattern.compile("(?:[\\w$./:~<-]{1,253}|)");

  private final FieldPath parent;
  private final String step;

  private FieldPath(FieldPath parent, String step) {
    this.parent = parent;
    this.step = step;
  }

  FieldPath key(String key) {
    if (!SHOWN.matcher(key).matches()) {
      return new FieldPath(this, "[a key that is not shown]");
    }
    if (!SIMPLE.matcher(key).matches()) {
      return new FieldPath(this, "[\"" + key + "\"]");
    }
    return new FieldPath(this, parent == null ? key : "." + key);
  }

  FieldPath index(int index) {
    return new FieldPath(this, "[" + index + "]");
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    appendTo(text);
    return text.toString();
  }

  private void appendTo(StringBuilder text) {
    if (parent != null) {
      parent.appendTo(text);
      text.append(step);
    }
  }
}
