package io.varve.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.DatabaseException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.Types;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Plans as the server prints them. */
final class PlanReaderTest {

  private static final Sql COUNT =
      new Sql(
          "SELECT count(*) FROM readings WHERE raw = ? AND device = ?",
          List.of(new Bind(new byte[] {0, (byte) 0xff}, Types.BINARY), Bind.untyped("a")));

  @Test
  void textThatXmlCannotHoldIsRead() {
    Explanation explanation =
        PlanReader.read(
            COUNT, plan(scan("public", "readings", "device = 'a\u0001\ufffe\ud83d\ude00'")));
    assertThat(explanation.tables()).containsExactly("readings");
  }

  @Test
  void tablesOfTheSameNameAreTold() {
    Explanation explanation =
        PlanReader.read(
            COUNT,
            plan(
                scan("public", "readings", "true")
                    + scan("old", "readings", "true")
                    + scan("public", "readings", "true")));
    assertThat(explanation.tables()).containsExactly("readings", "old.readings");
  }

  @Test
  void bytesAreInHex() {
    assertThat(PlanReader.read(COUNT, plan("")).values()).containsExactly("\\x00ff", "a");
  }

  /** The reader of the JDK prints what it does not understand. */
  @Test
  void whatCannotBeReadIsThrownAndNotPrinted() {
    PrintStream before = System.err;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setErr(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      assertThatThrownBy(() -> PlanReader.read(COUNT, "<explain>"))
          .isInstanceOf(DatabaseException.class)
          .hasMessageStartingWith("the server's plan cannot be read: ");
    } finally {
      System.setErr(before);
    }
    assertThat(printed.toString(StandardCharsets.UTF_8)).isEmpty();
  }

  private static String plan(String steps) {
    return """
        <explain xmlns="http://www.postgresql.org/2009/explain"><Query>
          <Plan><Node-Type>Append</Node-Type><Actual-Loops>1</Actual-Loops><Plans>%s</Plans></Plan>
        </Query></explain>"""
        .formatted(steps);
  }

  private static String scan(String schema, String table, String filter) {
    return """
        <Plan><Node-Type>Seq Scan</Node-Type><Relation-Name>%s</Relation-Name>
          <Schema>%s</Schema><Actual-Loops>1</Actual-Loops><Filter>%s</Filter></Plan>"""
        .formatted(table, schema, filter);
  }
}
