package io.varve.guide;

import static io.varve.query.Aggregate.avg;
import static io.varve.query.Aggregate.count;
import static io.varve.query.Aggregate.last;
import static org.assertj.core.api.Assertions.assertThat;

import io.varve.Capabilities;
import io.varve.Varve;
import io.varve.ingest.WriteResult;
import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import io.varve.model.Dimension;
import io.varve.model.Measure;
import io.varve.model.QualifiedName;
import io.varve.model.Row;
import io.varve.model.Table;
import io.varve.model.Time;
import io.varve.model.TimeSeries;
import io.varve.testkit.DatabaseExtension;
import io.varve.testkit.TestDatabase;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** {@code docs/getting-started.md}: its Java is this class's, line for line. */
@ExtendWith(DatabaseExtension.class)
class GettingStartedIT {

  @TimeSeries(table = "conditions", chunk = "1 day")
  record Reading(
      @Time Instant time,
      @Dimension String device,
      @Measure double temperature,
      @Measure @Nullable Double humidity) {}

  @Test
  void recordsAreWrittenAndRead(TestDatabase database) {
    try (Varve varve = database.connect()) {
      varve.schema().create(Table.of(Reading.class));

      Instant noon = Instant.parse("2026-03-01T12:00:00Z");
      WriteResult result =
          varve
              .table(Reading.class)
              .insertAll(
                  List.of(
                      new Reading(noon, "attic", 21.5, 40.0),
                      new Reading(noon, "cellar", 11.0, null),
                      new Reading(noon.plusSeconds(600), "attic", 22.5, 39.0)));
      assertThat(result.written()).isEqualTo(3);

      List<Reading> attic =
          varve
              .from(Reading.class)
              .range(noon, noon.plus(Duration.ofHours(1)))
              .where("device", "attic")
              .oldestFirst()
              .list();
      List<Reading> newest = varve.from(Reading.class).latest();
      assertThat(attic).extracting(Reading::temperature).containsExactly(21.5, 22.5);
      assertThat(newest).extracting(Reading::temperature).containsExactlyInAnyOrder(22.5, 11.0);

      List<Row> averages =
          varve
              .from(Reading.class)
              .bucket(Duration.ofMinutes(15))
              .groupBy("device")
              .select(count(), avg("temperature"), last("humidity"))
              .list();
      List<String> columns =
          List.of("bucket", "device", "count", "temperature_avg", "humidity_last");
      assertThat(averages)
          .containsExactly(
              new Row(columns, noon, "attic", 2L, 22.0, 39.0),
              new Row(columns, noon, "cellar", 1L, 11.0, null));

      double sum =
          varve.from(Reading.class).useStream(rows -> rows.mapToDouble(Reading::temperature).sum());
      assertThat(sum).isEqualTo(55.0);

      Capabilities capabilities = varve.capabilities();
      assertThat(capabilities.entries()).isNotEmpty();
    }
  }

  @Test
  void tablesAreDescribedAtRunTime(TestDatabase database) {
    try (Varve varve = database.connect()) {
      Table<Row> table =
          Table.builder("metrics")
              .time("time", ColumnType.of(Kind.TIMESTAMPTZ))
              .dimension("host", ColumnType.of(Kind.TEXT))
              .measure("load", ColumnType.of(Kind.DOUBLE))
              .chunk("7 days")
              .build();
      varve.schema().create(table);

      Table<Row> existing = varve.schema().inspect(QualifiedName.parse("metrics"));
      assertThat(existing.dimensions()).extracting("name").containsExactly("host");
    }
  }

  @Test
  void theWholeProgramRuns(TestDatabase database, @TempDir Path directory) throws Exception {
    String program =
        Pattern.compile("```java\n(import.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(Path.of("..", "docs", "getting-started.md")))
            .results()
            .map(match -> match.group(1))
            .findFirst()
            .orElseThrow();
    Path source = Files.writeString(directory.resolve("FirstSteps.java"), program);
    int errors =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "-d", directory.toString(), source.toString());
    assertThat(errors).isZero();
    String url =
        "%s?user=%s&password=%s".formatted(database.url(), database.user(), database.password());
    try (URLClassLoader classes = new URLClassLoader(new URL[] {directory.toUri().toURL()})) {
      classes
          .loadClass("FirstSteps")
          .getMethod("main", String[].class)
          .invoke(null, (Object) new String[] {url});
    }
    try (Varve varve = database.connect()) {
      assertThat(varve.from("first_steps").count()).isEqualTo(2);
    }
  }

  @Test
  void everySnippetOfTheGuideIsInThisClass() throws IOException {
    Snippets.assertRunBy(GettingStartedIT.class, "getting-started.md");
  }
}
