package dev.plinth;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What a user imports names every module that he may use. */
class BomTest {

  private static final Pattern OWN =
      Pattern.compile("<groupId>dev\\.plinth</groupId>\\s*<artifactId>([^<]+)</artifactId>");

  @Test
  void the_bom_manages_what_the_parent_manages() throws Exception {
    assertThat(managedIn("../bom/pom.xml"))
        .hasSizeGreaterThan(5)
        .isEqualTo(managedIn("../pom.xml"));
  }

  private static Set<String> managedIn(String pom) throws Exception {
    String text = Files.readString(Path.of(pom));
    String managed = text.substring(text.indexOf("<dependencyManagement>"));
    return OWN.matcher(managed)
        .results()
        .map(MatchResult::group)
        .map(it -> it.replaceAll("\\s", ""))
        .collect(TreeSet::new, Set::add, Set::addAll);
  }
}
