package io.varve.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.ConnectionException;
import io.varve.ConstraintException;
import io.varve.DataException;
import io.varve.VarveException;
import io.varve.backend.Backend.ChunkTarget;
import io.varve.model.QualifiedName;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.util.PSQLException;
import org.postgresql.util.PSQLState;
import org.postgresql.util.ServerErrorMessage;

class RowErrorsTest {

  private static final ChunkTarget CHUNK =
      new ChunkTarget("\"varve_internal\".\"chunk, line 3 \"\"x\"\"\"", 0, 10, true);

  private final RowErrors errors =
      new RowErrors(new QualifiedName("public", "conditions"), List.of("time", "humidity"));
  private final RowLines lines = new RowLines();

  RowErrorsTest() {
    lines.add(100);
    lines.add(105);
    lines.add(106);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "COPY chunk, line 3 \"x\", line 2",
        "COPY chunk, line 3 \"x\", Zeile 2",
        "COPY conditions, line 2",
        "PL/pgSQL function f() line 1 at RAISE\nCOPY conditions, line 2",
        "JSON data, line 1: {x\nCOPY conditions, line 2, column humidity_2"
      })
  void theLineOfTheCopyIsNamedAsTheOfferedRow(String where) {
    VarveException error = errors.translate(failure("23505", where), CHUNK, lines);

    assertThat(error)
        .isInstanceOf(ConstraintException.class)
        .hasMessage("inserting into conditions, row 105: refused");
    assertThat(error.sqlState()).contains("23505");
  }

  @Test
  void aChunkMayBeNamedWithoutQuotes() {
    ChunkTarget chunk = new ChunkTarget("public.conditions_20240101", 0, 10, true);

    assertThat(errors.translate(failure("23505", "COPY conditions_20240101, line 3"), chunk, lines))
        .hasMessage("inserting into conditions, row 106: refused");
  }

  @Test
  void theColumnOfAMalformedFieldIsNamed() {
    assertThat(
            errors.translate(
                failure("22P03", "COPY conditions, line 1, column humidity"), CHUNK, lines))
        .isInstanceOf(DataException.class)
        .hasMessage("inserting into conditions, row 100, column \"humidity\": refused");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "COPY conditions, line 4",
        "COPY other, line 2",
        "COPY conditions",
        "SQL statement \"COPY conditions, line 2\""
      })
  void anUnknownContextNamesNoRow(String where) {
    assertThat(errors.translate(failure("23505", where), CHUNK, lines))
        .hasMessage("inserting into conditions: refused");
  }

  @Test
  void theLineOfARowTooLargeIsNotBelieved() {
    assertThat(errors.translate(failure("54000", "COPY conditions, line 3"), CHUNK, lines))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith("inserting into conditions: refused");
    assertThat(errors.line(failure("54000", "COPY conditions, line 3"), CHUNK)).isEmpty();
  }

  @Test
  void aLostConnectionNamesNoRow() {
    assertThat(
            errors.translate(new PSQLException("gone", PSQLState.CONNECTION_FAILURE), CHUNK, lines))
        .isInstanceOf(ConnectionException.class)
        .hasMessage("inserting into conditions: gone");
  }

  private static PSQLException failure(String state, String where) {
    return new PSQLException(
        new ServerErrorMessage("SERROR\0C" + state + "\0Mrefused\0W" + where + "\0"));
  }
}
