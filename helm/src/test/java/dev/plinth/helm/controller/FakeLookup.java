package dev.plinth.helm.controller;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Objects of a test that a chart can refer to; without the server that holds them. */
final class FakeLookup implements ReferenceLookup {

  private final Map<ReferencedObject, ReferencedContent> contents = new HashMap<>();
  private List<Reference> asked = List.of();

  FakeLookup with(ReferencedObject object, String... keysAndTexts) {
    Map<String, byte[]> data = new HashMap<>();
    for (int i = 0; i < keysAndTexts.length; i += 2) {
      data.put(keysAndTexts[i], keysAndTexts[i + 1].getBytes(UTF_8));
    }
    contents.put(object, new ReferencedContent.Found(data));
    return this;
  }

  FakeLookup unreadable(ReferencedObject object, String message) {
    contents.put(object, new ReferencedContent.Unreadable(message));
    return this;
  }

  /** What the last reading asked for. */
  List<Reference> asked() {
    return asked;
  }

  @Override
  public Map<ReferencedObject, ReferencedContent> read(
      ResourceID chart, Collection<Reference> references) {
    asked = List.copyOf(references);
    Map<ReferencedObject, ReferencedContent> found = new LinkedHashMap<>();
    references.forEach(
        it ->
            found.put(
                it.object(), contents.getOrDefault(it.object(), new ReferencedContent.Absent())));
    return found;
  }
}
