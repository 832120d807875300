package dev.plinth;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What core may know and on whom its packages may lean. */
class HouseRulesTest {

  /** Names of built-in add-ons, as they would show in code of any kind. */
  private static final List<String> ADDONS = List.of("coredns", "traefik", "servicelb");

  /**
   * Lists of K3s's own names: its flags, among them those of components, and its component names
   * that {@code --disable} must not take for typing errors. They are data about K3s, not about
   * add-ons.
   */
  private static final Set<String> NAMES_OF_K3S =
      Set.of("dev/plinth/config/K3sFlags.class", "dev/plinth/addon/K3sComponents.class");

  private static final Path CLASSES = locationOf(Plinth.class);
  private static final JavaClasses CORE = new ClassFileImporter().importPath(CLASSES);

  @Test
  void core_stands_on_no_other_module() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "dev.plinth.addons..",
            "dev.plinth.helm..",
            "dev.plinth.controlplane..",
            "dev.plinth.testkit..",
            "dev.plinth.examples..")
        .check(CORE);
  }

  @Test
  void packages_of_core_have_no_cycles() {
    slices().matching("dev.plinth.(*)..").should().beFreeOfCycles().check(CORE);
  }

  @Test
  void only_the_entry_point_leans_on_everything() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.plinth")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.plinth")
        .check(CORE);
  }

  @Test
  void packages_lean_on_what_is_below_them() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("health")
        .definedBy("dev.plinth.health")
        .layer("manifest")
        .definedBy("dev.plinth.manifest")
        .layer("files")
        .definedBy("dev.plinth.files")
        .layer("report")
        .definedBy("dev.plinth.report")
        .layer("cluster")
        .definedBy("dev.plinth.cluster")
        .layer("member")
        .definedBy("dev.plinth.member")
        .layer("drift")
        .definedBy("dev.plinth.drift")
        .layer("apply")
        .definedBy("dev.plinth.apply")
        .layer("slot")
        .definedBy("dev.plinth.slot")
        .layer("overlay")
        .definedBy("dev.plinth.overlay")
        .layer("deploy")
        .definedBy("dev.plinth.deploy")
        .layer("takeover")
        .definedBy("dev.plinth.takeover")
        .layer("lifecycle")
        .definedBy("dev.plinth.lifecycle")
        .whereLayer("health")
        .mayNotAccessAnyLayer()
        .whereLayer("manifest")
        .mayNotAccessAnyLayer()
        .whereLayer("files")
        .mayNotAccessAnyLayer()
        .whereLayer("report")
        .mayNotAccessAnyLayer()
        .whereLayer("cluster")
        .mayOnlyAccessLayers("health")
        .whereLayer("member")
        .mayOnlyAccessLayers("cluster")
        .whereLayer("overlay")
        .mayOnlyAccessLayers("cluster", "manifest")
        .whereLayer("drift")
        .mayOnlyAccessLayers("cluster", "manifest")
        .whereLayer("apply")
        .mayOnlyAccessLayers("drift", "member", "cluster", "manifest", "health")
        .whereLayer("slot")
        .mayOnlyAccessLayers("cluster")
        .whereLayer("deploy")
        .mayOnlyAccessLayers("apply", "drift", "overlay", "member", "cluster", "manifest")
        .whereLayer("takeover")
        .mayOnlyAccessLayers("deploy", "apply", "cluster", "manifest")
        .whereLayer("lifecycle")
        .mayNotBeAccessedByAnyLayer()
        .check(CORE);
  }

  @Test
  void core_knows_no_addon_by_name() {
    assertThat(compiledFiles())
        .filteredOn(file -> !NAMES_OF_K3S.contains(file))
        .allSatisfy(
            file ->
                assertThat(ADDONS)
                    .as("add-ons named in %s", file)
                    .noneMatch(textOf(file)::contains));
  }

  @Test
  void the_lists_of_k3s_names_are_where_the_exception_for_them_says() {
    assertThat(compiledFiles()).containsAll(NAMES_OF_K3S);
  }

  /** Classes and resources as they are shipped: comments are free to give examples. */
  private static List<String> compiledFiles() {
    try (Stream<Path> files = Files.walk(CLASSES)) {
      return files
          .filter(Files::isRegularFile)
          .map(CLASSES::relativize)
          .map(Path::toString)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String textOf(String file) {
    try {
      return Files.readString(CLASSES.resolve(file), ISO_8859_1).toLowerCase(Locale.ROOT);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path locationOf(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
