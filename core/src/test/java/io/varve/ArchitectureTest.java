package io.varve;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.Architectures;

/** Arrows between packages point one way. */
@AnalyzeClasses(packages = "io.varve", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {

  /**
   * The entry: it wires everything, so it may look at everything; what is built on it looks at it.
   */
  private static final DescribedPredicate<JavaClass> ENTRY =
      DescribedPredicate.describe(
          "the entry",
          type ->
              type.getPackageName().equals("io.varve")
                  && type.getName()
                      .matches(
                          "io\\.varve\\.(Varve|VarveBuilder|Config|ConfigResolver|Passwords)(\\$.*)?"));

  /** What everybody may use: errors, capabilities, settings. */
  private static final DescribedPredicate<JavaClass> VOCABULARY =
      DescribedPredicate.describe(
          "the vocabulary", type -> type.getPackageName().equals("io.varve") && !ENTRY.test(type));

  @ArchTest
  static final ArchRule layers =
      Architectures.layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("entry")
          .definedBy(ENTRY)
          .layer("vocabulary")
          .definedBy(VOCABULARY)
          .layer("jdbc")
          .definedBy("io.varve.jdbc..")
          .layer("model")
          .definedBy("io.varve.model..")
          .layer("backend")
          .definedBy("io.varve.backend..")
          .layer("schema")
          .definedBy("io.varve.schema..")
          .layer("ingest")
          .definedBy("io.varve.ingest..")
          .layer("spool")
          .definedBy("io.varve.spool..")
          .layer("query")
          .definedBy("io.varve.query..")
          .layer("health")
          .definedBy("io.varve.health..")
          .layer("micrometer")
          .definedBy("io.varve.micrometer..")
          .layer("series")
          .definedBy("io.varve.series..")
          .whereLayer("series")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("entry")
          .mayOnlyBeAccessedByLayers("series")
          .whereLayer("health")
          .mayOnlyBeAccessedByLayers("entry", "ingest", "series")
          .whereLayer("spool")
          .mayOnlyBeAccessedByLayers("ingest")
          .whereLayer("query")
          .mayOnlyBeAccessedByLayers("entry", "series")
          .whereLayer("micrometer")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("ingest")
          .mayOnlyBeAccessedByLayers("entry", "micrometer", "series")
          .whereLayer("schema")
          .mayOnlyBeAccessedByLayers("entry", "ingest", "query", "series")
          .whereLayer("backend")
          .mayOnlyBeAccessedByLayers("entry", "schema", "ingest", "query")
          .whereLayer("model")
          .mayOnlyBeAccessedByLayers(
              "entry", "backend", "schema", "ingest", "query", "micrometer", "series")
          .whereLayer("jdbc")
          .mayOnlyBeAccessedByLayers(
              "entry", "model", "backend", "schema", "ingest", "query", "health")
          .whereLayer("vocabulary")
          .mayNotAccessAnyLayer();

  @ArchTest
  static final ArchRule packagesHaveNoCycles =
      slices().matching("io.varve.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule otherModulesAreUnknown =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.varve.embedded..",
              "io.varve.testkit..",
              "io.varve.cli..",
              "io.varve.benchmarks..");

  @ArchTest
  static final ArchRule logsGoThroughSlf4j =
      noClasses()
          .that()
          // A data source has to name the JDK's logger in a method it refuses.
          .doNotHaveSimpleName("DataSourceAdapter")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("java.util.logging..")
          .because("a library logs through SLF4J");

  @ArchTest
  static final ArchRule standardStreamsBelongToTheCaller =
      noClasses().should(ACCESS_STANDARD_STREAMS);

  @ArchTest
  static final ArchRule driverStaysBehindJdbc =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.varve.jdbc..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("com.zaxxer.hikari..")
          .because("the pool is opened in one place");

  @ArchTest
  static final ArchRule micrometerIsOptional =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.varve.micrometer..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.micrometer..")
          .because("everything else works without it on the class path");

  @ArchTest
  static final ArchRule classesAreFinalUnlessDesignedForExtension =
      classes()
          .that()
          .areNotInterfaces()
          .and()
          .areNotEnums()
          .and()
          .areTopLevelClasses()
          .and()
          .doNotBelongToAnyOf(VarveException.class)
          .should()
          .haveModifier(JavaModifier.FINAL);

  @ArchTest
  static final ArchRule publicSignaturesHideTheInternals =
      com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods()
          .that()
          .arePublic()
          .and()
          .areDeclaredInClassesThat(
              DescribedPredicate.describe(
                  "are promised",
                  type ->
                      type.getModifiers().contains(JavaModifier.PUBLIC)
                          && !type.getPackageName().startsWith("io.varve.backend")
                          && !type.getPackageName().startsWith("io.varve.jdbc")))
          .should()
          .notHaveRawReturnType(
              DescribedPredicate.describe(
                  "internals",
                  type ->
                      type.getPackageName().startsWith("io.varve.backend")
                          || type.getPackageName().startsWith("io.varve.jdbc")));
}
