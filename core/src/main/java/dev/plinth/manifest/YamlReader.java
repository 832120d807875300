package dev.plinth.manifest;

import static com.google.common.base.Preconditions.checkState;

import dev.plinth.manifest.DocumentSplitter.Part;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

/**
 * Reads one YAML document: composes the parser's events into a {@link Value}, with aliases and
 * merge keys resolved. Composed here and not by the library, because kubectl's types, merge order
 * and limits are others.
 */
final class YamlReader {

  private static final String MERGE_KEY = "<<";
  private static final String MERGE_TAG = "tag:yaml.org,2002:merge";

  static final String NO_YAML = "found a document that is no YAML 1.1 or 1.2";

  private final ScalarResolver scalars = new ScalarResolver();
  private final String source;
  private final Part part;
  private final NodeBudget budget;
  private final DialectCheck dialect;
  private final Tolerance tolerance;
  private final Map<String, Value> anchors = new HashMap<>();
  private Iterator<Event> events;
  private int flowCollections;

  YamlReader(String source, Part part, NodeBudget budget) {
    this(source, part, budget, Tolerance.NONE);
  }

  /**
   * @param tolerance of keys that are there twice and of text after the document
   */
  YamlReader(String source, Part part, NodeBudget budget, Tolerance tolerance) {
    this.tolerance = tolerance;
    this.source = source;
    this.part = part;
    this.budget = budget;
    this.dialect = new DialectCheck(part.text());
  }

  /**
   * @return the document's value; empty if there are only blanks, comments or null
   * @throws ManifestException if kubectl could not read it, or if it is beyond the limits
   */
  Optional<Value> read() {
    dialect
        .unreadableCharacter()
        .ifPresent(
            found -> {
              Position place = found.position();
              throw problem(
                  part.positionOf(place.line() - 1, place.column() - 1),
                  FieldPath.ROOT,
                  found.message());
            });
    events = YamlEvents.of(part.text());
    try {
      next(Event.ID.StreamStart);
      if (events.next().getEventId() == Event.ID.StreamEnd) {
        return Optional.empty();
      }
      Value value = value(events.next(), FieldPath.ROOT, 0);
      next(Event.ID.DocumentEnd);
      refuseSecondDocument();
      return value.isNull() ? Optional.empty() : Optional.of(value);
    } catch (MarkedYamlEngineException e) {
      // Not kept as cause: its message quotes the text around the place.
      throw problem(positionOf(e), FieldPath.ROOT, SyntaxMessage.of(e));
    } catch (YamlEngineException e) {
      throw problem(part.start(), FieldPath.ROOT, NO_YAML);
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
      throw problem(
          position,
          path,
          "found an alias without an anchor: quote what is text and begins with '*'");
    }
    Value value = anchors.get(name);
    if (value == null) {
      throw problem(position, path, "found an alias in what it stands for");
    }
    if (depth + value.height() > budget.depthLimit()) {
      throw problem(
          position,
          path,
          "found more than %d levels of nesting behind an alias".formatted(budget.depthLimit()));
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
        throwUnlessTolerated(mapping.merge(keyPosition, merged), keyPosition, path.key(MERGE_KEY));
      } else {
        String key = key(e, keyPosition, path, depth);
        FieldPath member = path.key(key);
        Value value = value(events.next(), member, depth + 1);
        throwUnlessTolerated(
            mapping.put(key, new Value.Member(keyPosition, value)), keyPosition, member);
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

  private GoScalar jsonScalar(ScalarEvent event, FieldPath path) {
    GoScalar scalar = scalar(event, path);
    if (scalar.toJson().isEmpty()) {
      throw problem(
          positionOf(event), path, "found an infinite or undefined number, JSON has none");
    }
    return scalar;
  }

  private GoScalar scalar(ScalarEvent event, FieldPath path) {
    throwIfRefused(dialect.refusal(event, flowCollections > 0), positionOf(event), path);
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

  /** kubectl would not read it: to kubectl only three dashes begin a document. */
  private void refuseSecondDocument() {
    Position position;
    try {
      Event next = events.next();
      if (next.getEventId() == Event.ID.StreamEnd) {
        return;
      }
      position = positionOf(next);
    } catch (MarkedYamlEngineException e) {
      position = positionOf(e);
    }
    throwUnlessTolerated(
        Optional.of("found text after the end of the document, " + tolerance.ofSecondDocument()),
        position,
        FieldPath.ROOT);
  }

  private void spend(long nodes, Position position, FieldPath path) {
    if (!budget.spend(nodes)) {
      throw problem(
          position,
          path,
          "found more than %d values, aliases written out".formatted(budget.nodeLimit()));
    }
  }

  private void next(Event.ID expected) {
    Event.ID found = events.next().getEventId();
    checkState(found == expected, "expected %s, found %s", expected, found);
  }

  private void throwIfRefused(Optional<String> refusal, Position position, FieldPath path) {
    if (refusal.isPresent()) {
      throw problem(position, path, refusal.get());
    }
  }

  private void throwUnlessTolerated(Optional<String> refusal, Position position, FieldPath path) {
    refusal
        .flatMap(
            message ->
                tolerance.judge(new ManifestProblem(position.in(source), path.toString(), message)))
        .ifPresent(
            problem -> {
              throw new ManifestException(problem);
            });
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

  private ManifestException problem(Position position, FieldPath path, String message) {
    return new ManifestException(
        new ManifestProblem(position.in(source), path.toString(), message));
  }
}
