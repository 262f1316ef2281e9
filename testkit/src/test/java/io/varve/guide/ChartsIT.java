package io.varve.guide;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.Varve;
import io.varve.model.Dimension;
import io.varve.model.Measure;
import io.varve.model.Table;
import io.varve.model.Time;
import io.varve.model.TimeSeries;
import io.varve.query.Change;
import io.varve.query.Distribution;
import io.varve.query.Downsample;
import io.varve.query.Points;
import io.varve.query.Query;
import io.varve.query.SeriesPoints;
import io.varve.query.Statistics;
import io.varve.testkit.DatabaseExtension;
import io.varve.testkit.TestDatabase;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code docs/charts.md}: its Java is this class's, line for line. */
@ExtendWith(DatabaseExtension.class)
class ChartsIT {

  @TimeSeries(table = "conditions", chunk = "1 day")
  record Reading(
      @Time Instant time, @Dimension String device, @Measure @Nullable Double temperature) {}

  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

  private static Reading reading(String device, int minute) {
    Double temperature = minute == 100 ? null : 20 + Math.sin(minute / 40.0);
    return new Reading(NOON.plusSeconds(minute * 60L), device, temperature);
  }

  @Test
  void whatTheGuideShowsWorks(TestDatabase database) {
    try (Varve varve = database.connect()) {
      varve.schema().create(Table.of(Reading.class));
      varve
          .table(Reading.class)
          .insertAll(
              Stream.of("attic", "cellar")
                  .flatMap(
                      device ->
                          IntStream.range(0, 1000).mapToObj(minute -> reading(device, minute)))
                  .toList());

      Query<Reading> attic =
          varve
              .from(Reading.class)
              .range(NOON, NOON.plus(Duration.ofDays(1)))
              .where("device", "attic");
      Points line = attic.downsample("temperature", Downsample.m4(100));
      for (int i = 0; i < line.size(); i++) {
        if (!line.isGap(i)) {
          System.out.println(line.instant(i) + " " + line.value(i));
        }
      }
      assertThat(line.size()).isBetween(200, 401);
      assertThat(line.values()).contains(Double.NaN);

      Downsample how = Downsample.minMaxLttb(300).gapsLongerThan(Duration.ofMinutes(5));
      List<SeriesPoints> lines = varve.from(Reading.class).downsampleEach("temperature", how);
      assertThat(lines)
          .extracting(each -> each.series().value("device"))
          .containsExactly("attic", "cellar");
      assertThat(lines).allMatch(each -> each.points().size() <= 301);

      List<Reading> newest = varve.from(Reading.class).latest(List.of("attic", "roof"));
      assertThat(newest).containsExactly(reading("attic", 999));

      Statistics statistics = attic.statistics("temperature", 0.5, 0.999);
      System.out.println(statistics.avg() + ", half below " + statistics.percentiles().get(0.5));
      assertThat(statistics.count()).isEqualTo(999);
      assertThat(statistics.nulls()).isEqualTo(1);

      List<Change> movers = varve.from(Reading.class).topChanges("temperature", 10);
      for (Change change : movers) {
        System.out.println(change.series() + ": " + change.from() + " to " + change.to());
      }
      assertThat(movers).hasSize(2);

      Distribution distribution = attic.distribution("temperature", 20);
      for (Distribution.Bin bin : distribution.bins()) {
        System.out.println(bin.lower() + " to " + bin.upper() + ": " + bin.count());
      }
      assertThat(distribution.bins()).hasSize(20);
      assertThat(distribution.bins().stream().mapToLong(Distribution.Bin::count).sum())
          .isEqualTo(999);

      varve.schema().drop(Table.of(Reading.class).name());
    }
  }

  @Test
  void everySnippetOfTheGuideIsInThisClass() throws IOException {
    Snippets.assertRunBy(ChartsIT.class, "charts.md");
  }
}
