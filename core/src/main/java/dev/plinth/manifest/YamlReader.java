package dev.plinth.manifest;

import dev.plinth.manifest.DocumentSplitter.Part;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * Reads one YAML document: composes the parser's events into a {@link Value}, with aliases and
 * merge keys resolved. Composed here and not by the library, because kubectl's types, merge order
 * and limits are others.
 */
final class YamlReader {

  private static final LoadSettings SETTINGS =
      // The size of the file is checked before.
      LoadSettings.builder().setCodePointLimit(Integer.MAX_VALUE).build();

  private static final String MERGE_KEY = "<<";
  private static final String MERGE_TAG = "tag:yaml.org,2002:merge";

  /** Escapes of JSON that YAML 1.1 has not. */
  private static final Pattern JSON_ESCAPE =
      Pattern.compile("(?<!\\\\)(?:\\\\\\\\)*\\\\(?:/|u[dD][89a-fA-F])");

  private final ScalarResolver scalars = new ScalarResolver();
  private final String source;
  private final Part part;
  private final NodeBudget budget;
  private final CodePointIndex index;
  private final boolean mayHaveJsonEscapes;
  private final Map<String, Value> anchors = new HashMap<>();
  private Iterator<Event> events;
  private int flowCollections;

  YamlReader(String source, Part part, NodeBudget budget) {
    this.source = source;
    this.part = part;
    this.budget = budget;
    this.index = new CodePointIndex(part.text());
    this.mayHaveJsonEscapes = JSON_ESCAPE.matcher(part.text()).find();
  }

  /**
   * @return the document's value; empty if there are only blanks, comments or null
   * @throws ManifestException if kubectl could not read it, or if it is beyond the limits
   */
  Optional<Value> read() {
    refuseUnreadableCharacters();
    try {
      events = new Parse(SETTINGS).parseString(part.text()).iterator();
      expect(Event.ID.StreamStart);
      if (!expect(Event.ID.DocumentStart, Event.ID.StreamEnd)) {
        return Optional.empty();
      }
      Value value = value(events.next(), FieldPath.ROOT, 0);
      expect(Event.ID.DocumentEnd);
      refuseSecondDocument();
      return isNull(value) ? Optional.empty() : Optional.of(value);
    } catch (MarkedYamlEngineException e) {
      // Not kept as cause: its message quotes the text around the place.
      throw syntaxProblem(e);
    } catch (YamlEngineException e) {
      throw problem(part.start(), FieldPath.ROOT, "found a document that is no YAML 1.1 or 1.2");
    }
  }

  private Value value(Event event, FieldPath path, int depth) {
    Position position = positionOf(event);
    if (event instanceof AliasEvent alias) {
      return aliased(alias, position, path, depth);
    }
    if (event.getEventId() != Event.ID.Scalar && depth >= budget.depthLimit()) {
      throw problem(
          position, path, "found more than %d levels of nesting".formatted(budget.depthLimit()));
    }
    spend(1, position, path);
    Optional<String> anchor = ((NodeEvent) event).getAnchor().map(a -> a.getValue());
    anchor.ifPresent(name -> anchors.put(name, null));
    Value value =
        switch (event.getEventId()) {
          case Scalar -> new Value.Scalar(position, jsonScalar((ScalarEvent) event, path));
          case SequenceStart -> sequence((SequenceStartEvent) event, position, path, depth);
          case MappingStart -> mapping((MappingStartEvent) event, position, path, depth);
          default -> throw new IllegalStateException("unexpected event " + event.getEventId());
        };
    anchor.ifPresent(name -> anchors.put(name, value));
    return value;
  }

  private Value aliased(AliasEvent alias, Position position, FieldPath path, int depth) {
    String name = alias.getAlias().getValue();
    if (!anchors.containsKey(name)) {
      throw problem(position, path, "found the alias '*%s' without an anchor".formatted(name));
    }
    Value value = anchors.get(name);
    if (value == null) {
      throw problem(position, path, "found the alias '*%s' in what it stands for".formatted(name));
    }
    if (depth + value.height() > budget.depthLimit()) {
      throw problem(
          position,
          path,
          "found more than %d levels of nesting behind the alias '*%s'"
              .formatted(budget.depthLimit(), name));
    }
    spend(value.nodes(), position, path);
    return value;
  }

  private Value sequence(SequenceStartEvent start, Position position, FieldPath path, int depth) {
    List<Value> items = new ArrayList<>();
    enter(start);
    for (Event e = events.next(); e.getEventId() != Event.ID.SequenceEnd; e = events.next()) {
      items.add(value(e, path.index(items.size()), depth + 1));
    }
    leave(start);
    return Value.Sequence.of(position, items);
  }

  private Value mapping(MappingStartEvent start, Position position, FieldPath path, int depth) {
    MappingBuilder mapping = new MappingBuilder(position);
    enter(start);
    for (Event e = events.next(); e.getEventId() != Event.ID.MappingEnd; e = events.next()) {
      Position keyPosition = positionOf(e);
      if (isMergeKey(e)) {
        List<Value.Mapping> merged =
            merged(value(events.next(), path.key(MERGE_KEY), depth + 1), path);
        mapping
            .merge(keyPosition, merged)
            .ifPresent(
                message -> {
                  throw problem(keyPosition, path.key(MERGE_KEY), message);
                });
      } else {
        String key = key(e, keyPosition, path, depth);
        FieldPath member = path.key(key);
        mapping
            .put(key, new Value.Member(keyPosition, value(events.next(), member, depth + 1)))
            .ifPresent(
                message -> {
                  throw problem(keyPosition, member, message);
                });
      }
    }
    leave(start);
    return mapping.build();
  }

  private static boolean isMergeKey(Event event) {
    return event instanceof ScalarEvent scalar
        && scalar.getValue().equals(MERGE_KEY)
        && scalar.getTag().map(MERGE_TAG::equals).orElse(scalar.isPlain());
  }

  private List<Value.Mapping> merged(Value value, FieldPath path) {
    List<Value> values = value instanceof Value.Sequence list ? list.items() : List.of(value);
    List<Value.Mapping> mappings = new ArrayList<>();
    for (Value candidate : values) {
      if (!(candidate instanceof Value.Mapping mapping)) {
        throw problem(
            candidate.position(),
            path.key(MERGE_KEY),
            "found %s, expected a mapping or a sequence of mappings"
                .formatted(candidate.typeName()));
      }
      mappings.add(mapping);
    }
    return mappings;
  }

  private String key(Event event, Position position, FieldPath path, int depth) {
    GoScalar scalar;
    if (event instanceof ScalarEvent text) {
      spend(1, position, path);
      scalar = scalar(text, path);
      text.getAnchor()
          .ifPresent(a -> anchors.put(a.getValue(), new Value.Scalar(position, scalar)));
    } else {
      Value value = value(event, path, depth + 1);
      if (!(value instanceof Value.Scalar aliased)) {
        throw problem(position, path, "found %s as key".formatted(value.typeName()));
      }
      scalar = aliased.scalar();
    }
    return scalar
        .toKey()
        .orElseThrow(
            () ->
                problem(
                    position,
                    path,
                    "found %s as key, expected a string: quote it".formatted(scalar.typeName())));
  }

  private void enter(CollectionStartEvent collection) {
    flowCollections += collection.isFlow() ? 1 : 0;
  }

  private void leave(CollectionStartEvent collection) {
    flowCollections -= collection.isFlow() ? 1 : 0;
  }

  /**
   * In flow collections YAML 1.1, and so kubectl, takes the colon of {@code [a:]} for text and the
   * question mark of {@code [?a]} for syntax. YAML 1.2 has it the other way round.
   */
  private void refuseAmbiguousFlowScalar(ScalarEvent event, FieldPath path) {
    String text = part.text();
    int end = index.charOffset(event.getEndMark().orElseThrow().getIndex());
    boolean isBeforeBareColon =
        end + 1 < text.length()
            && text.charAt(end) == ':'
            && ",[]{}".indexOf(text.charAt(end + 1)) >= 0;
    if (isBeforeBareColon || event.getValue().indexOf('?') >= 0) {
      throw problem(
          positionOf(event),
          path,
          "found %s in an unquoted scalar of a flow collection: quote it"
              .formatted(isBeforeBareColon ? "a colon without a blank after it" : "'?'"));
    }
  }

  private GoScalar jsonScalar(ScalarEvent event, FieldPath path) {
    GoScalar scalar = scalar(event, path);
    if (scalar.toJson().isEmpty()) {
      throw problem(
          positionOf(event), path, "found an infinite or undefined number, JSON has none");
    }
    return scalar;
  }

  private GoScalar scalar(ScalarEvent event, FieldPath path) {
    if (mayHaveJsonEscapes && event.isDQuoted()) {
      refuseJsonEscapes(event, path);
    }
    if (flowCollections > 0 && event.isPlain()) {
      refuseAmbiguousFlowScalar(event, path);
    }
    Optional<String> tag = event.getTag();
    if (tag.isEmpty()) {
      return event.isPlain()
          ? scalars.plain(event.getValue())
          : new GoScalar.Text(event.getValue());
    }
    try {
      return scalars.tagged(tag.get(), event.getValue());
    } catch (ScalarResolver.MismatchException e) {
      throw problem(positionOf(event), path, e.getMessage());
    }
  }

  /** kubectl takes them in JSON files alone. */
  private void refuseJsonEscapes(ScalarEvent event, FieldPath path) {
    int start = index.charOffset(event.getStartMark().orElseThrow().getIndex());
    int end = index.charOffset(event.getEndMark().orElseThrow().getIndex());
    if (JSON_ESCAPE.matcher(part.text().substring(start, end)).find()) {
      throw problem(
          positionOf(event),
          path,
          "found an escape that only JSON has, '\\/' or half a character: write '/', or '\\U' with"
              + " eight digits");
    }
  }

  /**
   * Control characters are refused by kubectl. The line breaks that YAML 1.1 knows and 1.2 does not
   * would be read differently here and there.
   */
  private void refuseUnreadableCharacters() {
    String text = part.text();
    for (int offset = 0; offset < text.length(); ) {
      int character = text.codePointAt(offset);
      boolean isOldLineBreak = character == 0x85 || character == 0x2028 || character == 0x2029;
      if (isOldLineBreak || !StreamReader.isPrintable(character)) {
        Position end = Utf8Text.endOf(text.substring(0, offset));
        throw problem(
            part.positionOf(end.line() - 1, end.column() - 1),
            FieldPath.ROOT,
            "found the %s U+%04X, expected it escaped in double quotes"
                .formatted(isOldLineBreak ? "line break" : "control character", character));
      }
      offset += Character.charCount(character);
    }
  }

  /** kubectl would not read it: to kubectl only three dashes begin a document. */
  private void refuseSecondDocument() {
    Position position = null;
    try {
      Event next = events.next();
      if (next.getEventId() == Event.ID.StreamEnd) {
        return;
      }
      position = positionOf(next);
    } catch (MarkedYamlEngineException e) {
      position = positionOf(e);
    }
    throw problem(
        position, FieldPath.ROOT, "found text after the end of the document, expected '---' first");
  }

  private void spend(long nodes, Position position, FieldPath path) {
    if (!budget.spend(nodes)) {
      throw problem(
          position,
          path,
          "found more than %d values, aliases written out".formatted(budget.nodeLimit()));
    }
  }

  private void expect(Event.ID id) {
    expect(id, id);
  }

  /**
   * @return whether it was the first, not the second
   */
  private boolean expect(Event.ID first, Event.ID second) {
    Event.ID found = events.next().getEventId();
    if (found != first && found != second) {
      throw new IllegalStateException("expected %s, found %s".formatted(first, found));
    }
    return found == first;
  }

  private static boolean isNull(Value value) {
    return value instanceof Value.Scalar scalar && scalar.scalar() instanceof GoScalar.Null;
  }

  private Position positionOf(Event event) {
    Mark mark = event.getStartMark().orElseThrow();
    return part.positionOf(mark.getLine(), mark.getColumn());
  }

  private Position positionOf(MarkedYamlEngineException e) {
    return e.getProblemMark()
        .or(e::getContextMark)
        .map(mark -> part.positionOf(mark.getLine(), mark.getColumn()))
        .orElse(part.start());
  }

  private ManifestException syntaxProblem(MarkedYamlEngineException e) {
    String context = e.getContext() == null ? "" : e.getContext() + ": ";
    return problem(positionOf(e), FieldPath.ROOT, context + e.getProblem());
  }

  private ManifestException problem(Position position, FieldPath path, String message) {
    return new ManifestException(
        new ManifestProblem(position.in(source), path.toString(), message));
  }
}
