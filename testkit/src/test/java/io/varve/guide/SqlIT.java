package io.varve.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.varve.Tier;
import io.varve.Varve;
import io.varve.testkit.DatabaseExtension;
import io.varve.testkit.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code docs/sql.md}: its SQL is run from the top, and must answer what is printed below it. */
@ExtendWith(DatabaseExtension.class)
class SqlIT {

  private static final Pattern EXAMPLE =
      Pattern.compile("```sql\n(.*?)```\n(?:\n```text\n(.*?)```)?", Pattern.DOTALL);

  @Test
  void everyExampleAnswersAsPrinted(TestDatabase database) throws SQLException, IOException {
    try (Varve varve = database.connect()) {
      varve.toolkit().install();
      assumeTrue(varve.capabilities().tier() == Tier.PLAIN, "only there all functions are");
    }
    List<MatchResult> examples =
        EXAMPLE.matcher(Files.readString(Path.of("..", "docs", "sql.md"))).results().toList();
    assertThat(examples).hasSizeGreaterThan(10);
    try (Connection session = database.jdbc();
        Statement statement = session.createStatement()) {
      statement.execute("SET TimeZone = 'UTC'");
      for (MatchResult example : examples) {
        String printed = example.group(2);
        assertThat(answers(statement, example.group(1)))
            .as(example.group(1))
            .isEqualTo(printed == null ? List.of() : rows(printed));
      }
    }
  }

  private static List<String> answers(Statement statement, String sql) throws SQLException {
    if (!statement.execute(sql)) {
      return List.of();
    }
    List<String> rows = new ArrayList<>();
    try (ResultSet result = statement.getResultSet()) {
      int columns = result.getMetaData().getColumnCount();
      List<String> row = new ArrayList<>();
      for (int column = 1; column <= columns; column++) {
        row.add(result.getMetaData().getColumnName(column));
      }
      rows.add(String.join("|", row));
      while (result.next()) {
        row.clear();
        for (int column = 1; column <= columns; column++) {
          String value = result.getString(column);
          row.add(value == null ? "" : value);
        }
        rows.add(String.join("|", row));
      }
    }
    return rows;
  }

  /** As psql prints them: blanks around the values, a line below the names. */
  private static List<String> rows(String printed) {
    return printed
        .lines()
        .filter(line -> !line.matches("[-+]+"))
        .map(line -> line.strip().replaceAll(" *\\| *", "|"))
        .toList();
  }
}
