package dev.plinth.helm;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.fabric8.kubernetes.client.KubernetesClient;

/** On whom the packages of this module may lean. */
@AnalyzeClasses(packages = "dev.plinth.helm", importOptions = DoNotIncludeTests.class)
class HelmRulesTest {

  private static final String MODEL = "dev.plinth.helm.model";
  private static final String VALUES = "dev.plinth.helm.values";

  @ArchTest
  static final ArchRule packages_have_no_cycles =
      slices().matching("dev.plinth.helm.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule the_module_knows_the_spi_of_core_and_no_addon =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "dev.plinth.addons..", "dev.plinth.lifecycle..", "dev.plinth.deploy..");

  @ArchTest
  static final ArchRule the_model_is_data =
      classes()
          .that()
          .resideInAPackage(MODEL)
          .should()
          .onlyDependOnClassesThat(
              not(resideInAPackage("dev.plinth..")).or(resideInAPackage(MODEL)));

  @ArchTest
  static final ArchRule values_are_computed_without_a_server =
      noClasses()
          .that()
          .resideInAPackage(VALUES)
          .should()
          .dependOnClassesThat(
              resideInAnyPackage("dev.plinth.helm.engine..", "dev.plinth.helm.source..")
                  .or(assignableTo(KubernetesClient.class)))
          .allowEmptyShould(true);
}
