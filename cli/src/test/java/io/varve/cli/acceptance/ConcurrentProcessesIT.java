package io.varve.cli.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.testkit.DatabaseExtension;
import io.varve.testkit.TestDatabase;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Processes that install the toolkit, create one table and its chunks, and load it, all at once.
 */
@ExtendWith(DatabaseExtension.class)
final class ConcurrentProcessesIT {

  private static final int PROCESSES = 10;
  private static final int ROWS = 100_000;

  private static final String TOTALS =
      "select count(distinct device) as devices, count(*) as rows from readings";

  private static final String NUMBERS_NOT_THERE_ONCE_PER_DEVICE =
      """
      select number from readings
      group by number having count(*) <> 10 or count(distinct device) <> 10
      """;

  @RegisterExtension final Sandbox sandbox = new Sandbox();

  @Test
  void tenProcessesLoadEveryRowIntoALocalDatabaseThatTheFirstOfThemMakes() {
    load(Map.of());
  }

  @Test
  void tenProcessesLoadEveryRowIntoAnEmptyDatabaseOfAServer(TestDatabase database) {
    load(
        Map.of("VARVE_USER", database.user(), "VARVE_PASSWORD", database.password()),
        "--url",
        database.url());
  }

  private void load(Map<String, String> variables, String... connection) {
    String file = NumberedRows.write(sandbox.file("readings.csv"), ROWS).toString();
    List<Child> children =
        IntStream.range(0, PROCESSES)
            .mapToObj(i -> with(connection, "ingest", file, "--tag", "device=d" + i))
            .map(arguments -> sandbox.start(variables, arguments))
            .toList();
    List<Child.Result> results = children.stream().map(Child::finish).toList();
    assertThat(results)
        .allSatisfy(result -> assertThat(result.exitCode()).isZero())
        .extracting(Child.Result::out)
        .allMatch(said -> said.contains("100,000 offered = 100,000 written + 0 rejected"))
        .filteredOn(said -> said.startsWith("created table readings with chunks of 7 days\n"))
        .hasSize(1);
    assertThat(answer(variables, connection, TOTALS)).isEqualTo("devices,rows\n10,1000000\n");
    assertThat(answer(variables, connection, NUMBERS_NOT_THERE_ONCE_PER_DEVICE))
        .isEqualTo("number\n");
  }

  private String answer(Map<String, String> variables, String[] connection, String sql) {
    return sandbox.run(variables, with(connection, "sql", sql, "--format", "csv"));
  }

  private static String[] with(String[] connection, String... arguments) {
    return Stream.of(arguments, connection).flatMap(Arrays::stream).toArray(String[]::new);
  }
}
