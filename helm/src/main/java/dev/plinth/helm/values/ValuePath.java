package dev.plinth.helm.values;

import java.util.regex.Pattern;

/**
 * The way to a value, as messages write it: {@code ports.web[0]["a.b"]}. Immutable; a step costs
 * nothing until it is written.
 */
final class ValuePath {

  static final ValuePath ROOT = new ValuePath(null, null, -1);

  private static final Pattern SIMPLE = Pattern.compile("[\\w$-]+");

  private final ValuePath parent;
  private final String key;
  private final int index;

  private ValuePath(ValuePath parent, String key, int index) {
    this.parent = parent;
    this.key = key;
    this.index = index;
  }

  ValuePath key(String member) {
    return new ValuePath(this, member, -1);
  }

  ValuePath index(int item) {
    return new ValuePath(this, null, item);
  }

  boolean isRoot() {
    return parent == null;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    appendTo(text);
    return text.toString();
  }

  private void appendTo(StringBuilder text) {
    if (parent == null) {
      return;
    }
    parent.appendTo(text);
    if (key == null) {
      text.append('[').append(index).append(']');
    } else if (SIMPLE.matcher(key).matches()) {
      text.append(parent.isRoot() ? "" : ".").append(key);
    } else {
      text.append("[\"").append(key.replace("\\", "\\\\").replace("\"", "\\\"")).append("\"]");
    }
  }
}
