package io.varve.guide;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.Varve;
import io.varve.model.Dimension;
import io.varve.model.Measure;
import io.varve.model.Row;
import io.varve.model.Table;
import io.varve.model.Time;
import io.varve.model.TimeSeries;
import io.varve.query.NamedSql;
import io.varve.testkit.DatabaseExtension;
import io.varve.testkit.TestDatabase;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code docs/named-sql.md}: its Java is this class's, line for line. */
@ExtendWith(DatabaseExtension.class)
class NamedSqlIT {

  @TimeSeries(table = "conditions", chunk = "1 day")
  record Reading(@Time Instant time, @Dimension String device, @Measure double temperature) {}

  record Average(String device, double average, long readings) {}

  @Test
  void whatTheGuideShowsWorks(TestDatabase database) {
    try (Varve varve = database.connect()) {
      varve.schema().create(Table.of(Reading.class));
      Instant noon = Instant.parse("2026-03-01T12:00:00Z");
      varve
          .table(Reading.class)
          .insertAll(
              List.of(
                  new Reading(noon.minusSeconds(1), "attic", 20.5),
                  new Reading(noon, "attic", 21.5),
                  new Reading(noon.plusSeconds(600), "attic", 22.5),
                  new Reading(noon, "cellar", 11.0)));

      List<Average> averages =
          varve
              .sql(
                  """
                  SELECT device, avg(temperature) AS average, count(*) AS readings
                    FROM conditions
                   WHERE device = ANY(:devices) AND time >= :from AND time < :from + :span
                   GROUP BY device ORDER BY device
                  """)
              .bind("devices", List.of("attic", "cellar"))
              .bind("from", noon)
              .bind("span", Duration.ofHours(1))
              .list(Average.class);
      assertThat(averages)
          .containsExactly(new Average("attic", 22.0, 2), new Average("cellar", 11.0, 1));

      NamedSql count = varve.sql("SELECT count(*) AS n FROM conditions WHERE device = :device");
      long attic = (long) count.bind("device", "attic").first().orElseThrow().value("n");
      long cellar = (long) count.bind("device", "cellar").first().orElseThrow().value("n");
      assertThat(List.of(attic, cellar)).containsExactly(3L, 1L);

      List<Row> rows =
          varve.sql("SELECT device, max(time) AS last FROM conditions GROUP BY 1").list();
      assertThat(rows).hasSize(2);

      double sum =
          varve
              .sql("SELECT temperature FROM conditions")
              .useStream(all -> all.mapToDouble(row -> (double) row.value("temperature")).sum());
      long deleted =
          varve.sql("DELETE FROM conditions WHERE time < :end").bind("end", noon).execute();
      assertThat(sum).isEqualTo(75.5);
      assertThat(deleted).isEqualTo(1);
    }
  }

  @Test
  void everySnippetOfTheGuideIsInThisClass() throws IOException {
    Snippets.assertRunBy(NamedSqlIT.class, "named-sql.md");
  }
}
