package io.varve.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.MappingException;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A record in a named module, where the JDK does not let Varve link into the record's class. */
class RecordInAnotherModuleTest {

  private static final String RECORD =
      """
      package app;

      import io.varve.model.Measure;
      import io.varve.model.Time;
      import io.varve.model.TimeSeries;
      import java.time.Instant;

      @TimeSeries
      record Reading(
          @Time Instant time, @Measure boolean on, @Measure short small, @Measure int number,
          @Measure long big, @Measure float narrow, @Measure double wide, @Measure String text) {
        Reading {
          if (number < 0) {
            throw new IllegalStateException("negative");
          }
        }
      }
      """;

  @TempDir Path directory;

  @Test
  void anOpenPackageIsReadAndWritten() throws Exception {
    Table<?> table = Table.of(compile("module app { opens app; }"));
    List<Object> values = List.of(Instant.EPOCH, true, (short) 1, 2, 3L, 4.5f, 5.5, "six");

    assertThat(values(table, values)).isEqualTo(values);
  }

  @Test
  void aClosedPackageIsRefusedWithTheDirectiveToAdd() throws Exception {
    Class<? extends Record> record = compile("module app { }");

    assertThatThrownBy(() -> Table.of(record))
        .isInstanceOf(MappingException.class)
        .hasMessage(
            "record Reading is closed to Varve; expected \"opens app;\" in the module-info of"
                + " module app");
  }

  private static <T> List<Object> values(Table<T> table, List<Object> values) {
    T row = table.newRow(values.toArray());
    return table.columns().stream().<Object>map(column -> column.accessor().get(row)).toList();
  }

  private Class<? extends Record> compile(String moduleInfo) throws Exception {
    Path sources = Files.createDirectories(directory.resolve("app"));
    Path classes = directory.resolve("classes");
    Files.writeString(directory.resolve("module-info.java"), moduleInfo);
    Files.writeString(sources.resolve("Reading.java"), RECORD);
    int exit =
        ToolProvider.findFirst("javac")
            .orElseThrow()
            .run(
                System.out,
                System.err,
                "-proc:none",
                "--add-reads",
                "app=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "-d",
                classes.toString(),
                directory.resolve("module-info.java").toString(),
                sources.resolve("Reading.java").toString());
    assertThat(exit).isZero();
    Configuration configuration =
        ModuleLayer.boot()
            .configuration()
            .resolve(ModuleFinder.of(classes), ModuleFinder.of(), Set.of("app"));
    return ModuleLayer.boot()
        .defineModulesWithOneLoader(configuration, getClass().getClassLoader())
        .findLoader("app")
        .loadClass("app.Reading")
        .asSubclass(Record.class);
  }
}
