package dev.plinth.helm.values;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.plinth.helm.values.SetArgument.Flag;
import dev.plinth.helm.values.ValueNode.Items;
import dev.plinth.helm.values.ValueNode.Leaf;
import dev.plinth.helm.values.ValueNode.Members;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Reads one argument of Helm's {@code --set} flags into values. The grammar is Helm's, with what is
 * odd in it: a path ends where the text ends, {@code {}} is a list of one empty string, and an
 * assignment of nothing to a field of a list's item is lost if the item is new.
 *
 * <pre>
 * line  = { path "=" value [ "," ] }
 * path  = name { "." name | "[" number "]" }
 * value = text up to a comma | "{" text { "," text } "}"
 * </pre>
 *
 * In names and texts a backslash takes the next character for what it is.
 */
final class SetLine {

  private static final int LARGEST_INDEX = 65_536;
  private static final int DEEPEST_NAME = 30;
  private static final int NOTHING = -1;
  private static final Pattern INTEGER = Pattern.compile("[+-]?[0-9]+");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String text;
  private final Flag flag;
  private final Origin origin;
  private int next;

  private SetLine(SetArgument argument, Origin origin) {
    this.text = argument.argument();
    this.flag = argument.flag();
    this.origin = origin;
  }

  /**
   * Puts what the argument says into values.
   *
   * @param origin of the new values
   * @throws ValuesException if the argument cannot be read or does not fit the values
   */
  static void apply(SetArgument argument, Origin origin, Members values) {
    SetLine line = new SetLine(argument, origin);
    while (line.assign(values, 0) == Rest.MORE) {
      // The next assignment.
    }
  }

  /** Whether the text goes on after an assignment. */
  private enum Rest {
    MORE,
    NONE
  }

  /**
   * A piece of text without its backslashes.
   *
   * @param end the character that ended it, which is consumed; {@link #NOTHING} for the end
   */
  private record Piece(String text, int end) {}

  private Rest assign(Members target, int depth) {
    Piece name = piece("=[,.");
    return switch (name.end()) {
      case '=' -> assignMember(target, name.text());
      case '[' -> assignInList(target, name.text(), depth);
      case '.' -> assignInMember(target, name.text(), depth + 1);
      default -> {
        if (name.end() == NOTHING && name.text().isEmpty()) {
          yield Rest.NONE;
        }
        throw problem("the key '%s' has no value".formatted(name.text()));
      }
    };
  }

  private Rest assignMember(Members target, String name) {
    boolean isLast = next == text.length();
    put(target, name, value());
    return isLast ? Rest.NONE : Rest.MORE;
  }

  private Rest assignInList(Members target, String name, int depth) {
    int index = index();
    ValueNode existing = target.members().get(name);
    if (existing != null && !(existing instanceof Items)) {
      throw mismatch(name, existing, "a list");
    }
    Items list = existing instanceof Items items ? items : Items.empty(origin);
    Rest rest = assignItem(list, index, depth);
    put(target, name, list);
    return rest;
  }

  private Rest assignInMember(Members target, String name, int depth) {
    if (depth > DEEPEST_NAME) {
      throw problem("the path has more than %d levels".formatted(DEEPEST_NAME));
    }
    ValueNode existing = target.members().get(name);
    if (existing != null && !(existing instanceof Members)) {
      throw mismatch(name, existing, "a mapping");
    }
    Members inner = existing instanceof Members members ? members : Members.empty(origin);
    Rest rest = assign(inner, depth);
    if (rest == Rest.MORE && inner.members().isEmpty()) {
      throw problem("the key '%s' has no value".formatted(name));
    }
    if (!inner.members().isEmpty()) {
      put(target, name, inner);
    }
    return rest;
  }

  private Rest assignItem(Items list, int index, int depth) {
    Piece after = piece("=[.");
    if (!after.text().isEmpty()) {
      throw problem("found '%s' after an index".formatted(after.text()));
    }
    return switch (after.end()) {
      case '=' -> {
        putItem(list, index, value());
        yield Rest.MORE;
      }
      case '[' -> assignInInnerList(list, index, depth);
      case '.' -> assignInItem(list, index, depth);
      default -> Rest.NONE;
    };
  }

  private Rest assignInInnerList(Items list, int index, int depth) {
    int innerIndex = index();
    ValueNode existing = item(list, index);
    if (existing != null && !existing.isNull() && !(existing instanceof Items)) {
      throw mismatch("[%d]".formatted(index), existing, "a list");
    }
    Items inner = existing instanceof Items items ? items : Items.empty(origin);
    Rest rest = assignItem(inner, innerIndex, depth);
    if (rest == Rest.MORE) {
      putItem(list, index, inner);
    }
    return rest;
  }

  private Rest assignInItem(Items list, int index, int depth) {
    ValueNode existing = item(list, index);
    Members inner = existing instanceof Members members ? members : Members.empty(origin);
    if (existing != null) {
      list.items().set(index, inner);
    }
    Rest rest = assign(inner, depth);
    if (rest == Rest.MORE) {
      putItem(list, index, inner);
    }
    return rest;
  }

  private ValueNode value() {
    if (flag == Flag.SET_JSON) {
      return json();
    }
    if (next < text.length() && text.charAt(next) == '{') {
      next++;
      return list();
    }
    return leaf(piece(",").text());
  }

  private ValueNode json() {
    String rest = text.substring(next);
    next = text.length();
    try {
      return new Leaf(origin, HelmNumbers.read(JSON.readTree(rest)));
    } catch (JsonProcessingException e) {
      throw problem("found a value that is no JSON");
    }
  }

  private Items list() {
    Items list = Items.empty(origin);
    while (true) {
      Piece item = piece(",}");
      if (item.end() == NOTHING) {
        throw problem("found a list without its closing '}'");
      }
      list.items().add(leaf(item.text()));
      if (item.end() == '}') {
        if (next < text.length() && text.charAt(next) == ',') {
          next++;
        }
        return list;
      }
    }
  }

  private Leaf leaf(String written) {
    return new Leaf(origin, flag == Flag.SET_STRING ? TextNode.valueOf(written) : typed(written));
  }

  private static JsonNode typed(String written) {
    if (written.equalsIgnoreCase("true") || written.equalsIgnoreCase("false")) {
      return BooleanNode.valueOf(written.equalsIgnoreCase("true"));
    }
    if (written.equalsIgnoreCase("null")) {
      return NullNode.getInstance();
    }
    boolean isNumber =
        written.equals("0") || !written.startsWith("0") && INTEGER.matcher(written).matches();
    if (isNumber) {
      try {
        return LongNode.valueOf(Long.parseLong(written));
      } catch (NumberFormatException e) {
        return TextNode.valueOf(written); // beyond 64 bits it is text to Helm
      }
    }
    return TextNode.valueOf(written);
  }

  private int index() {
    Piece index = piece("]");
    if (index.end() == NOTHING || !INTEGER.matcher(index.text()).matches()) {
      throw problem("found '%s' as index, expected a number in brackets".formatted(index.text()));
    }
    try {
      int number = Integer.parseInt(index.text());
      if (number >= 0 && number <= LARGEST_INDEX) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw problem("found the index %s, expected 0 to %d".formatted(index.text(), LARGEST_INDEX));
  }

  /** Reads on to one of the characters that end a piece, or to the end of the text. */
  private Piece piece(String ends) {
    StringBuilder read = new StringBuilder();
    while (next < text.length()) {
      char character = text.charAt(next++);
      if (ends.indexOf(character) >= 0) {
        return new Piece(read.toString(), character);
      }
      if (character != '\\') {
        read.append(character);
      } else if (next < text.length()) {
        read.append(text.charAt(next++));
      }
    }
    return new Piece(read.toString(), NOTHING);
  }

  /** Helm sets nothing under an empty name. */
  private static void put(Members target, String name, ValueNode value) {
    if (!name.isEmpty()) {
      target.members().put(name, value);
    }
  }

  private static ValueNode item(Items list, int index) {
    return index < list.items().size() ? list.items().get(index) : null;
  }

  private void putItem(Items list, int index, ValueNode value) {
    List<ValueNode> items = list.items();
    while (items.size() <= index) {
      items.add(new Leaf(origin, NullNode.getInstance()));
    }
    items.set(index, value);
  }

  private ValuesException mismatch(String name, ValueNode existing, String expected) {
    return problem(
        "'%s' is %s (%s), expected %s"
            .formatted(name, existing.typeName(), existing.origin(), expected));
  }

  private ValuesException problem(String message) {
    return new ValuesException(origin, ValuePath.ROOT, message);
  }
}
