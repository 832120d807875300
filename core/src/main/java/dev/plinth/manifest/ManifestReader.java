package dev.plinth.manifest;

import com.google.common.base.CharMatcher;
import dev.plinth.manifest.DocumentSplitter.Part;
import java.util.ArrayList;
import java.util.List;

/** Reads the text of one manifest into the values of its documents. */
final class ManifestReader {

  /** Of documents without anything there may be millions. */
  private static final CharMatcher EMPTY = CharMatcher.anyOf(" \r\n");

  private final String source;
  private final String text;
  private final NodeBudget budget;
  private final List<ManifestProblem> problems;

  /**
   * @param problems takes what is wrong
   */
  ManifestReader(
      String source, String text, ManifestLimits limits, List<ManifestProblem> problems) {
    this.source = source;
    this.text = text;
    this.budget = new NodeBudget(limits);
    this.problems = problems;
  }

  /** The documents that have a value, in the order of the text. */
  List<Value> read() {
    return JsonReader.mayBeJson(text)
        ? readJson()
        : readYaml(new Part(text, Position.START), problems);
  }

  /** kubectl goes on with YAML where JSON ends, unless there were two JSON values before. */
  private List<Value> readJson() {
    try {
      JsonReader.Outcome json = new JsonReader(source, text, budget).read();
      List<Value> documents = new ArrayList<>(json.values());
      if (json.problem().isPresent()) {
        if (json.values().size() > 1) {
          problems.add(json.problem().get());
        } else {
          documents.addAll(readRestAsYaml(json.end(), json.problem().get()));
        }
      }
      return documents;
    } catch (ManifestException e) {
      problems.addAll(e.problems());
      return List.of();
    }
  }

  /** Flow mappings of YAML begin like JSON. Of what is neither, the name of the file says more. */
  private List<Value> readRestAsYaml(int offset, ManifestProblem jsonProblem) {
    Part rest = new Part(text.substring(offset), Utf8Text.endOf(text.substring(0, offset)));
    List<ManifestProblem> yamlProblems = new ArrayList<>();
    List<Value> documents = readYaml(rest, yamlProblems);
    boolean isBrokenJson = !yamlProblems.isEmpty() && source.endsWith(".json");
    problems.addAll(isBrokenJson ? List.of(jsonProblem) : yamlProblems);
    return documents;
  }

  private List<Value> readYaml(Part whole, List<ManifestProblem> yamlProblems) {
    List<Value> documents = new ArrayList<>();
    for (Part part : new DocumentSplitter(source).split(whole, yamlProblems)) {
      if (EMPTY.matchesAllOf(part.text())) {
        continue;
      }
      try {
        new YamlReader(source, part, budget).read().ifPresent(documents::add);
      } catch (ManifestException e) {
        yamlProblems.addAll(e.problems());
      }
    }
    return documents;
  }
}
