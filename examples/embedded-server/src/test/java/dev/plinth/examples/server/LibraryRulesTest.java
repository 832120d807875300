package dev.plinth.examples.server;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.USE_JAVA_UTIL_LOGGING;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Instant;

/**
 * The rules that hold in all library modules. They are checked here since here all of them are on
 * the class path; core has rules of its own in its own tests.
 */
@AnalyzeClasses(packages = "dev.plinth", importOptions = DoNotIncludeTests.class)
class LibraryRulesTest {

  private static final String ADDONS = "dev.plinth.addons..";
  private static final String[] SPI = {
    "dev.plinth.addon..", "dev.plinth.config..", "dev.plinth.manifest..", "dev.plinth.report.."
  };

  /** The library for charts, which anybody may use as well. */
  private static final String CHARTS = "dev.plinth.helm..";

  private static final String EXAMPLES = "dev.plinth.examples..";

  @ArchTest
  static final ArchRule nothing_depends_on_examples =
      noClasses()
          .that(not(resideInAPackage(EXAMPLES)))
          .should()
          .dependOnClassesThat()
          .resideInAPackage(EXAMPLES);

  @ArchTest
  static final ArchRule addons_know_the_spi_of_core_and_nothing_else_of_plinth =
      classes()
          .that()
          .resideInAPackage(ADDONS)
          .should()
          .onlyDependOnClassesThat(
              not(resideInAPackage("dev.plinth.."))
                  .or(resideInAnyPackage(SPI))
                  .or(resideInAPackage(CHARTS))
                  .or(resideInAPackage(ADDONS)));

  @ArchTest
  static final ArchRule helm_knows_nothing_of_addons_with_charts =
      noClasses()
          .that()
          .resideInAPackage(CHARTS)
          .should()
          .dependOnClassesThat()
          .resideInAPackage(ADDONS);

  @ArchTest
  static final ArchRule addons_know_nothing_of_each_other =
      slices().matching("dev.plinth.addons.(*)..").should().notDependOnEachOther();

  @ArchTest
  static final ArchRule the_control_plane_knows_nothing_of_plinth =
      noClasses()
          .that()
          .resideInAPackage("dev.plinth.controlplane..")
          .should()
          .dependOnClassesThat(
              resideInAPackage("dev.plinth..")
                  .and(not(resideInAPackage("dev.plinth.controlplane.."))));

  @ArchTest
  static final ArchRule the_control_plane_is_for_testkit_and_examples_only =
      noClasses()
          .that(
              not(
                  resideInAnyPackage(
                      EXAMPLES, "dev.plinth.testkit..", "dev.plinth.controlplane..")))
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.plinth.controlplane..");

  @ArchTest
  static final ArchRule libraries_do_not_write_to_standard_streams =
      noClasses().that(not(resideInAPackage(EXAMPLES))).should(ACCESS_STANDARD_STREAMS);

  @ArchTest
  static final ArchRule libraries_log_through_slf4j_only =
      noClasses().that(not(resideInAPackage(EXAMPLES))).should(USE_JAVA_UTIL_LOGGING);

  @ArchTest
  static final ArchRule libraries_never_end_or_hook_the_hosts_process =
      noClasses()
          .that(not(resideInAPackage(EXAMPLES)))
          .should()
          .callMethod(System.class, "exit", int.class)
          .orShould()
          .callMethod(Runtime.class, "exit", int.class)
          .orShould()
          .callMethod(Runtime.class, "halt", int.class)
          .orShould()
          .callMethod(Runtime.class, "addShutdownHook", Thread.class);

  /** What drives real processes lives in real time. */
  @ArchTest
  static final ArchRule libraries_are_told_the_time =
      noClasses()
          .that(
              not(
                  resideInAnyPackage(
                      EXAMPLES, "dev.plinth.testkit..", "dev.plinth.controlplane..")))
          .should()
          .callMethod(Instant.class, "now")
          .orShould()
          .callMethod(System.class, "currentTimeMillis");

  @ArchTest
  static final ArchRule no_static_field_can_change = fields().that().areStatic().should().beFinal();

  @ArchTest
  static final ArchRule classes_are_named_for_what_they_are =
      noClasses().should().haveNameMatching(".*(Impl|Utils?|Helper|Manager)");
}
