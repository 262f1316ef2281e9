package io.varve.testkit.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.AccessException;
import io.varve.Varve;
import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import io.varve.model.QualifiedName;
import io.varve.model.Table;
import io.varve.testkit.OwnedServer;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** Who may install the toolkit, create chunks and write to them. */
@TestInstance(Lifecycle.PER_CLASS)
final class PrivilegesIT {

  private static final QualifiedName CONDITIONS = QualifiedName.parse("conditions");
  private static final String ENSURE = "SELECT varve_internal.ensure_chunk('public.conditions', 0)";
  private static final String OPEN =
      "SELECT chunk FROM varve_internal.open_chunk('public.conditions', 0)";

  private final OwnedServer server;
  private final Session administrator;

  PrivilegesIT() throws SQLException {
    server = OwnedServer.start(version());
    administrator =
        Session.on(server)
            .run(
                "CREATE ROLE installer LOGIN PASSWORD 'x'",
                "CREATE ROLE other_owner LOGIN PASSWORD 'x'",
                "CREATE ROLE writer LOGIN PASSWORD 'x'",
                "CREATE ROLE reader LOGIN PASSWORD 'x'",
                "GRANT CREATE ON DATABASE postgres TO installer",
                "GRANT CREATE ON SCHEMA public TO installer, other_owner");
    try (Varve varve = as("installer")) {
      varve.toolkit().install();
    }
  }

  /** The version the run is for; roles need a server of their own. */
  private static String version() {
    String tested = System.getProperty("varve.test.server", "");
    return tested.startsWith("embedded:") ? tested.substring("embedded:".length()) : "18";
  }

  @AfterAll
  void stop() throws SQLException {
    administrator.close();
    server.close();
  }

  @AfterEach
  void drop() throws SQLException {
    administrator.run(
        "RESET ROLE", "SET client_min_messages = error", "DROP TABLE IF EXISTS conditions");
  }

  @BeforeEach
  void reset() throws SQLException {
    administrator.run("RESET ROLE");
  }

  private Varve as(String user) {
    return Varve.connect(server.url() + "?user=" + user + "&password=x");
  }

  private void createAs(String owner) throws SQLException {
    try (Varve varve = as(owner)) {
      varve
          .schema()
          .create(
              Table.builder(CONDITIONS)
                  .time("ts", ColumnType.of(Kind.TIMESTAMPTZ))
                  .measure("v", ColumnType.of(Kind.DOUBLE))
                  .chunk("1 day")
                  .build());
    }
    administrator.run(
        "GRANT INSERT ON conditions TO writer", "GRANT SELECT ON conditions TO reader");
  }

  private String chunkOwner() throws SQLException {
    return String.valueOf(
        administrator.text(
            "SELECT pg_get_userbyid(relowner) FROM pg_class WHERE relname = 'conditions_19700101'"));
  }

  @Test
  void missingPrivilegeIsNamedWithItsGrant() throws SQLException {
    administrator.run("CREATE DATABASE fresh");
    String url = server.url().replace("/postgres", "/fresh") + "?user=reader&password=x";
    try (Varve varve = Varve.connect(url)) {
      assertThatThrownBy(() -> varve.toolkit().install())
          .isInstanceOf(AccessException.class)
          .hasMessage(
              "user \"reader\" may not create Varve's schemas varve and varve_internal; let the"
                  + " database's owner run: GRANT CREATE ON DATABASE fresh TO reader");
      administrator.run("GRANT CREATE ON DATABASE fresh TO reader");
      assertThat(varve.toolkit().install()).isPositive();
    }
    administrator.run("DROP DATABASE fresh WITH (FORCE)");
  }

  @Test
  void anybodyMayAskForTheVersionAndCallTheFunctions() throws SQLException {
    try (Varve varve = as("reader")) {
      assertThat(varve.toolkit().status().isCurrent()).isTrue();
      assertThat(varve.toolkit().install()).isZero();
    }
    administrator.run("SET ROLE reader");
    assertThat(administrator.isTrue("varve.time_bucket(10, 17) = 10")).isTrue();
    assertThat(administrator.isTrue("varve.last(1, now()) = 1")).isTrue();
    assertThat(administrator.isTrue("varve.last(1, 2.5) = 1")).isTrue();
  }

  @Test
  void upgradeIsLeftToTheInstaller() throws SQLException {
    administrator.run(
        "CREATE TEMP TABLE kept AS SELECT * FROM varve_internal.migration_history",
        "DELETE FROM varve_internal.migration_history WHERE version::int > 1");
    try (Varve varve = as("other_owner")) {
      assertThatThrownBy(() -> varve.toolkit().install())
          .isInstanceOf(AccessException.class)
          .hasMessageMatching(
              "the toolkit is at version 1 and belongs to role \"installer\": user \"other_owner\""
                  + " cannot bring it to \\d+; let \"installer\" do it");
    } finally {
      administrator.run(
          "INSERT INTO varve_internal.migration_history SELECT * FROM kept WHERE version::int > 1",
          "DROP TABLE kept");
    }
  }

  @Test
  void writerHasChunksMadeWithTheRightsOfTheInstallerWhoOwnsTheTable() throws SQLException {
    createAs("installer");
    administrator.run("SET ROLE writer");
    assertThat(administrator.text(ENSURE)).isEqualTo("(0,86400000000,t)");
    assertThat(administrator.text(OPEN)).isEqualTo("public.conditions_19700101");
    administrator.run("INSERT INTO conditions_19700101 VALUES ('1970-01-01Z', 1)");
    assertThatThrownBy(() -> administrator.run("SELECT * FROM conditions_19700101"))
        .hasMessageContaining("permission denied");
    assertThat(administrator.text("SELECT current_setting('role')")).isEqualTo("writer");
    administrator.run("RESET ROLE");
    assertThat(chunkOwner()).isEqualTo("installer");
  }

  @Test
  void writerOfAnotherOwnersTableIsToldWhatToDo() throws SQLException {
    createAs("other_owner");
    try (Varve varve = as("writer")) {
      assertThatThrownBy(() -> varve.schema().createChunks(CONDITIONS, 0, 1))
          .isInstanceOf(AccessException.class)
          .hasMessageContaining(
              "hypertable public.conditions has no chunk open to writer at the time of the rows, and"
                  + " only its owner may change that: create chunks ahead as other_owner, or GRANT"
                  + " other_owner TO writer");
    }
    administrator.run("SET ROLE other_owner", ENSURE, "SET ROLE writer");
    assertThat(administrator.text(OPEN)).isEqualTo("public.conditions_19700101");
  }

  @Test
  void memberOfTheOwnerCreatesAsTheOwner() throws SQLException {
    createAs("other_owner");
    administrator.run("GRANT other_owner TO writer", "SET SESSION AUTHORIZATION writer");
    try {
      assertThat(administrator.text(ENSURE)).isEqualTo("(0,86400000000,t)");
      assertThat(administrator.text("SELECT current_user")).isEqualTo("writer");
      assertThat(administrator.text("SELECT current_setting('role')")).isEqualTo("none");
    } finally {
      administrator.run("RESET SESSION AUTHORIZATION", "REVOKE other_owner FROM writer");
    }
    assertThat(chunkOwner()).isEqualTo("other_owner");
  }

  @Test
  void superuserCreatesAsTheOwnerSoThatTheOwnersCodeGainsNothing() throws SQLException {
    createAs("other_owner");
    administrator.run(
        "SET ROLE other_owner",
        "CREATE FUNCTION public.spy() RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$"
            + " BEGIN RETURN current_user = 'other_owner'; END $$",
        "ALTER TABLE conditions ADD CHECK (public.spy())",
        "RESET ROLE");
    try {
      assertThat(administrator.text(ENSURE)).isEqualTo("(0,86400000000,t)");
      assertThat(chunkOwner()).isEqualTo("other_owner");
    } finally {
      administrator.run("DROP TABLE conditions", "DROP FUNCTION public.spy()");
    }
  }

  @Test
  void whoMayNotInsertGetsNoChunk() throws SQLException {
    createAs("installer");
    administrator.run("SET ROLE reader");
    assertThatThrownBy(() -> administrator.run(ENSURE))
        .hasMessageContaining("permission denied for table public.conditions");
    assertThatThrownBy(
            () ->
                administrator.run(
                    "SELECT varve_internal.make_chunk_as_installer('public.conditions', 0)"))
        .hasMessageContaining("permission denied for table public.conditions");
  }

  @Test
  void whoMayNotInsertOpensNoChunk() throws SQLException {
    createAs("installer");
    administrator.run("SET ROLE installer", ENSURE, "SET ROLE reader");
    assertThatThrownBy(() -> administrator.text(OPEN))
        .hasMessageContaining("permission denied for table conditions_19700101");
  }

  @Test
  void grantGivenAfterTheChunkReachesItWithTheNextEnsure() throws SQLException {
    createAs("installer");
    administrator.run("SET ROLE installer", ENSURE, "GRANT INSERT ON conditions TO reader");
    administrator.run("SET ROLE reader");
    assertThat(administrator.text(OPEN)).isNull();
    assertThat(administrator.text(ENSURE)).isEqualTo("(0,86400000000,f)");
    assertThat(administrator.text(OPEN)).isEqualTo("public.conditions_19700101");
  }

  @Test
  void rowSecurityOfTheTableKeepsItsChunksClosed() throws SQLException {
    createAs("installer");
    administrator.run(
        "SET ROLE installer", "ALTER TABLE conditions ENABLE ROW LEVEL SECURITY", ENSURE);
    assertThat(
            administrator.text(
                "SELECT has_table_privilege('writer', 'conditions_19700101', 'INSERT')"))
        .isEqualTo("f");
  }

  @Test
  void nobodyRegistersOrForgetsTheTablesOfOthers() throws SQLException {
    createAs("installer");
    administrator.run("SET ROLE other_owner");
    assertThatThrownBy(
            () -> administrator.run("UPDATE varve_internal.hypertable SET chunk_interval = 1"))
        .hasMessageContaining("must be owner of table public.conditions");
    assertThatThrownBy(
            () ->
                administrator.run(
                    "SELECT varve_internal.register_hypertable('public.conditions', 5, '{}')"))
        .hasMessageContaining("must be owner of table public.conditions");
    assertThatThrownBy(
            () ->
                administrator.run(
                    "INSERT INTO varve_internal.chunk VALUES ('conditions', 0, 1, 'conditions')"))
        .hasMessageContaining("must be owner of table public.conditions");
  }

  @Test
  void hypertablesOfOthersAreListedToThoseWhoMayUseThem() throws SQLException {
    createAs("other_owner");
    try (Varve reader = as("reader");
        Varve installer = as("installer")) {
      assertThat(reader.schema().hypertables()).hasSize(1);
      assertThat(installer.schema().hypertables()).isEmpty();
    }
  }
}
