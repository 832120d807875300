package dev.plinth.manifest;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** Finds the placeholders of a template, and those that are where none can be. */
final class TemplateReader {

  private final String name;
  private final String text;
  private final CodePointIndex index;
  private final List<TemplateSlot> slots = new ArrayList<>();
  private final List<ManifestProblem> problems = new ArrayList<>();

  /** What comes next in each open collection. */
  private final Deque<Turn> turns = new ArrayDeque<>();

  TemplateReader(String name, String text) {
    this.name = name;
    this.text = text;
    this.index = new CodePointIndex(text);
  }

  /**
   * @throws ManifestException if it is no YAML, or a placeholder is where none can be
   */
  List<TemplateSlot> read() {
    new DialectCheck(text)
        .unreadableCharacter()
        .ifPresent(found -> report(found.position().in(name), found.message()));
    if (problems.isEmpty()) {
      visitAll();
    }
    if (!problems.isEmpty()) {
      throw new ManifestException(name, problems);
    }
    return List.copyOf(slots);
  }

  private void visitAll() {
    try {
      YamlEvents.of(text).forEachRemaining(this::visit);
    } catch (MarkedYamlEngineException e) {
      report(
          locationOf(e.getProblemMark().or(e::getContextMark).orElseThrow()), SyntaxMessage.of(e));
    } catch (YamlEngineException e) {
      report(Position.START.in(name), YamlReader.NO_YAML);
    }
  }

  private void visit(Event event) {
    switch (event.getEventId()) {
      case MappingStart -> {
        takeTurn();
        turns.push(Turn.KEY);
      }
      case SequenceStart -> {
        takeTurn();
        turns.push(Turn.ITEM);
      }
      case MappingEnd, SequenceEnd -> turns.pop();
      case Scalar -> visitScalar((ScalarEvent) event, takeTurn());
      case Alias -> takeTurn();
      default -> {
        // Streams and documents hold no text of their own.
      }
    }
  }

  /**
   * @return what the node that begins now is to the collection around it
   */
  private Turn takeTurn() {
    if (turns.isEmpty()) {
      return Turn.ITEM;
    }
    Turn turn = turns.pop();
    turns.push(turn.next());
    return turn;
  }

  private void visitScalar(ScalarEvent event, Turn turn) {
    String value = event.getValue();
    List<String> names =
        TemplateSlot.PLACEHOLDER.matcher(value).results().map(match -> match.group(1)).toList();
    if (names.isEmpty()) {
      return;
    }
    Mark mark = event.getStartMark().orElseThrow();
    SourceLocation location = locationOf(mark);
    names.stream()
        .filter(candidate -> !Variables.NAME.matcher(candidate).matches())
        .forEach(
            candidate ->
                report(
                    location,
                    "found the placeholder '%s', expected a name of upper-case letters, digits and '_'"
                        .formatted(candidate)));
    if (turn == Turn.KEY) {
      report(location, "found a placeholder in a key, expected it in a value");
    } else if (event.getTag().isPresent() || event.getAnchor().isPresent()) {
      report(location, "found a placeholder in a scalar with a tag or an anchor");
    }
    int start = index.charOffset(mark.getIndex());
    int end = index.charOffset(event.getEndMark().orElseThrow().getIndex());
    slots.add(
        event.isLiteral() || event.isFolded()
            ? new TemplateSlot.Block(location, start, end, text, value)
            : new TemplateSlot.Flow(location, start, end, value));
  }

  private void report(SourceLocation location, String message) {
    problems.add(new ManifestProblem(location, "", message));
  }

  private SourceLocation locationOf(Mark mark) {
    return new SourceLocation(name, mark.getLine() + 1, mark.getColumn() + 1);
  }

  private enum Turn {
    KEY,
    VALUE,
    ITEM;

    Turn next() {
      return switch (this) {
        case KEY -> VALUE;
        case VALUE -> KEY;
        case ITEM -> ITEM;
      };
    }
  }
}
