package io.varve.testkit.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.AccessException;
import io.varve.CapabilityException;
import io.varve.Varve;
import io.varve.ingest.TableWriter;
import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import io.varve.model.QualifiedName;
import io.varve.model.Row;
import io.varve.model.Table;
import io.varve.testkit.OwnedServer;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may install the toolkit, create chunks and write to them. */
@TestInstance(Lifecycle.PER_CLASS)
final class PrivilegesIT {

  private static final QualifiedName CONDITIONS = QualifiedName.parse("conditions");
  private static final String ENSURE = "SELECT varve_internal.ensure_chunk('public.conditions', 0)";
  private static final int COPIED = 500;
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

  private static Table<Row> conditions() {
    return Table.builder(CONDITIONS)
        .time("ts", ColumnType.of(Kind.TIMESTAMPTZ))
        .measure("v", ColumnType.of(Kind.DOUBLE))
        .chunk("1 day")
        .build();
  }

  private static Row row(double value) {
    return new Row(List.of("ts", "v"), Instant.EPOCH, value);
  }

  /** So many that they are copied. */
  private static List<Row> copied(double value) {
    return Collections.nCopies(COPIED, row(value));
  }

  private TableWriter<Row> writer(Varve varve) {
    return varve.table(conditions());
  }

  private void createAs(String owner) throws SQLException {
    try (Varve varve = as(owner)) {
      varve.schema().create(conditions());
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

  /** The load has seen the chunk closed before the grant reaches it. */
  @Test
  void grantGivenAfterTheChunkReachesTheLoadThatNeedsIt() throws SQLException {
    createAs("installer");
    administrator.run("SET ROLE installer", ENSURE, "GRANT INSERT ON conditions TO reader");
    try (Varve varve = as("reader")) {
      assertThat(writer(varve).insertAll(List.of(row(1), row(2))).written()).isEqualTo(2);
    }
  }

  @Test
  void transactionThatSawTheChunkClosedOpensItOnceItIsGranted() throws SQLException {
    createAs("installer");
    administrator.run("SET ROLE installer", ENSURE, "GRANT INSERT ON conditions TO reader");
    administrator.run("RESET ROLE");
    try (Session load = Session.on(server)) {
      load.run("SET ROLE reader", "BEGIN");
      assertThat(load.text(OPEN)).isNull();
      assertThat(load.text(OPEN)).isNull();
      administrator.run("SET ROLE reader", ENSURE);
      assertThat(load.text(OPEN)).isEqualTo("public.conditions_19700101");
      load.run("COMMIT");
    }
  }

  @Test
  void onlyTheRightToInsertReachesChunksAndItCanBeTakenBack() throws SQLException {
    createAs("installer");
    administrator.run("GRANT ALL ON conditions TO reader WITH GRANT OPTION");
    administrator.run("SET ROLE installer", ENSURE);
    String grants =
        "SELECT grantee::regrole || ' ' || privilege_type || ' ' || is_grantable"
            + " FROM pg_class c, aclexplode(c.relacl)"
            + " WHERE relname = 'conditions_19700101' AND grantee <> relowner ORDER BY 1";
    assertThat(administrator.texts(grants))
        .containsExactly("reader INSERT false", "writer INSERT false");
    administrator.run("REVOKE INSERT ON conditions FROM reader");
    assertThat(administrator.text("SELECT varve.sync_chunk_grants('conditions')")).isEqualTo("1");
    assertThat(administrator.texts(grants)).containsExactly("writer INSERT false");
    assertThat(administrator.text("SELECT varve.sync_chunk_grants('conditions')")).isEqualTo("0");
    administrator.run("REVOKE INSERT ON conditions FROM writer", ENSURE);
    assertThat(administrator.texts(grants)).isEmpty();
  }

  @Test
  void ownerOfTheTableAndNotOfAChunkIsToldHowToOpenIt() throws SQLException {
    createAs("other_owner");
    administrator.run(
        "SET ROLE other_owner", ENSURE, "RESET ROLE", "ALTER TABLE conditions OWNER TO reader");
    try (Varve varve = as("reader")) {
      assertThatThrownBy(() -> writer(varve).insertAll(copied(1)))
          .isInstanceOf(AccessException.class)
          .hasMessageContaining(
              "chunk public.conditions_19700101 of hypertable public.conditions, owned by other_owner,"
                  + " is closed to reader: the hypertable is owned by reader; let a superuser run"
                  + " SELECT varve.sync_chunk_grants('public.conditions')");
      administrator.run("SELECT varve.sync_chunk_grants('public.conditions')");
      assertThat(writer(varve).insertAll(copied(1)).written()).isEqualTo(COPIED);
    }
  }

  @Test
  void rowSecurityRefusesCopyAndBindsStatements() throws SQLException {
    createAs("installer");
    administrator.run(
        "SET ROLE installer",
        ENSURE,
        "ALTER TABLE conditions ENABLE ROW LEVEL SECURITY",
        "CREATE POLICY positive ON conditions FOR INSERT TO writer WITH CHECK (v > 0)");
    try (Varve varve = as("writer")) {
      assertThatThrownBy(() -> writer(varve).insertAll(copied(-1)))
          .isInstanceOf(CapabilityException.class)
          .hasMessageContaining(
              "hypertable public.conditions has row security for writer, and rows copied into its"
                  + " chunks would get past the policies: write them one by one, with insert");
      assertThat(writer(varve).insert(row(1)).written()).isEqualTo(1);
      assertThat(writer(varve).insertAll(List.of(row(2))).written()).isEqualTo(1);
      assertThatThrownBy(() -> writer(varve).insert(row(-1))).isInstanceOf(AccessException.class);
      assertThatThrownBy(() -> writer(varve).insertAll(List.of(row(3), row(-1))))
          .isInstanceOf(AccessException.class);
    }
    try (Varve varve = as("installer")) {
      assertThat(writer(varve).insertAll(copied(-1)).written()).isEqualTo(COPIED);
      administrator.run("ALTER TABLE conditions FORCE ROW LEVEL SECURITY");
      assertThatThrownBy(() -> writer(varve).insertAll(copied(-1)))
          .isInstanceOf(CapabilityException.class)
          .hasMessageContaining("has row security for installer");
    }
  }

  @Test
  void whoIsAboveRowSecurityIsToldThatChunksAreClosed() throws SQLException {
    createAs("installer");
    administrator.run(
        "ALTER TABLE conditions ENABLE ROW LEVEL SECURITY", "ALTER ROLE writer BYPASSRLS");
    try (Varve varve = as("writer")) {
      assertThatThrownBy(() -> writer(varve).insertAll(copied(1)))
          .isInstanceOf(AccessException.class)
          .hasMessageContaining("is closed to writer: the hypertable has row security");
      assertThat(writer(varve).insert(row(1)).written()).isEqualTo(1);
    } finally {
      administrator.run("ALTER ROLE writer NOBYPASSRLS");
    }
  }

  @Test
  void writersNumberRowsByTheTablesIdentity() throws SQLException {
    createAs("installer");
    administrator.run(
        "SET ROLE installer",
        "ALTER TABLE conditions ADD id integer GENERATED ALWAYS AS IDENTITY",
        "ALTER TABLE conditions ADD \"An id\" bigint GENERATED BY DEFAULT AS IDENTITY (START 7)");
    try (Varve varve = as("writer")) {
      assertThat(writer(varve).insertAll(copied(1)).written()).isEqualTo(COPIED);
      assertThat(writer(varve).insertAll(List.of(row(2), row(3))).written()).isEqualTo(2);
      assertThat(writer(varve).insert(row(4)).written()).isEqualTo(1);
    }
    assertThat(
            administrator.texts(
                "SELECT v || ' ' || max(id) || ' ' || max(\"An id\") FROM conditions GROUP BY v ORDER BY v"))
        .containsExactly("1 500 506", "2 501 507", "3 502 508", "4 503 509");
  }

  @Test
  void memberWhoMayNotBecomeTheOwnerIsToldSo() throws SQLException {
    Assumptions.assumeTrue(
        administrator.isTrue("current_setting('server_version_num')::int >= 160000"),
        "memberships have no options");
    createAs("other_owner");
    administrator.run("GRANT other_owner TO writer WITH SET FALSE");
    try (Varve varve = as("writer")) {
      assertThatThrownBy(() -> varve.schema().createChunks(CONDITIONS, 0, 1))
          .isInstanceOf(AccessException.class)
          .hasMessageContaining("only its owner may change that");
    } finally {
      administrator.run("REVOKE other_owner FROM writer");
    }
  }

  @Test
  void nobodyWritesAboutTablesThatDoNotExist() throws SQLException {
    createAs("installer");
    administrator.run("SET ROLE other_owner");
    for (String sql :
        List.of(
            "INSERT INTO varve_internal.hypertable VALUES (4000000000::oid::regclass, 1, '{}', '{}', 0)",
            "INSERT INTO varve_internal.chunk VALUES (4000000000::oid::regclass, 0, 1, 'conditions')")) {
      assertThatThrownBy(() -> administrator.run(sql))
          .hasMessageContaining("there is no table with OID 4000000000");
    }
  }

  // --- installing where others have been before

  private void inFreshDatabase(SqlStep step) throws SQLException {
    administrator.run("CREATE DATABASE fresh");
    try {
      step.run();
    } finally {
      administrator.run("DROP DATABASE fresh WITH (FORCE)");
    }
  }

  @FunctionalInterface
  private interface SqlStep {
    void run() throws SQLException;
  }

  private Varve inFreshAs(String user, String password) {
    return Varve.connect(
        "%s?user=%s&password=%s"
            .formatted(server.url().replace("/postgres", "/fresh"), user, password));
  }

  private Session freshSession(String user, String password) throws SQLException {
    return Session.of(
        DriverManager.getConnection(server.url().replace("/postgres", "/fresh"), user, password));
  }

  @ParameterizedTest
  @ValueSource(strings = {"varve", "varve_internal"})
  void schemaOfAnotherIsNotInstalledInto(String schema) throws SQLException {
    inFreshDatabase(
        () -> {
          administrator.run("GRANT CREATE ON DATABASE fresh TO other_owner");
          try (Session other = freshSession("other_owner", "x");
              Varve varve = inFreshAs(server.user(), server.password())) {
            other.run("CREATE SCHEMA " + schema);
            assertThatThrownBy(() -> varve.toolkit().install())
                .isInstanceOf(AccessException.class)
                .hasMessage(
                    "schema \"%s\" belongs to role \"other_owner\", who could change what user"
                            .formatted(schema)
                        + " \"postgres\" installs there; let \"other_owner\" install the toolkit, or"
                        + " drop the schema");
            assertThat(
                    other.text(
                        "SELECT count(*) FROM pg_proc WHERE pronamespace::regnamespace::text LIKE 'varve%'"))
                .isEqualTo("0");
          }
        });
  }

  @Test
  void functionsAreOpenWhateverTheDefaultPrivileges() throws SQLException {
    inFreshDatabase(
        () -> {
          try (Session fresh = freshSession(server.user(), server.password());
              Varve varve = inFreshAs(server.user(), server.password())) {
            fresh.run("ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC");
            varve.toolkit().install();
            fresh.run("SET ROLE reader");
            assertThat(fresh.isTrue("varve.time_bucket(10, 17) = 10")).isTrue();
            assertThat(fresh.isTrue("varve.last(1, 2.5) = 1")).isTrue();
            fresh.run("RESET ROLE");
            assertThat(
                    fresh.text(
                        "SELECT count(*) FROM pg_proc WHERE pronamespace::regnamespace::text LIKE"
                            + " 'varve%' AND NOT has_function_privilege('reader', oid, 'EXECUTE')"))
                .isEqualTo("0");
          }
        });
  }

  /** They fit Varve's own expressions better than PostgreSQL's do. */
  @Test
  void operatorsAndFunctionsOfOthersAreNotBound() throws SQLException {
    inFreshDatabase(
        () -> {
          try (Session fresh = freshSession(server.user(), server.password());
              Varve varve = inFreshAs(server.user(), server.password())) {
            fresh.run(
                "CREATE FUNCTION public.trap(numeric, integer) RETURNS boolean LANGUAGE sql"
                    + " AS 'SELECT true'",
                "CREATE OPERATOR public.= (LEFTARG = numeric, RIGHTARG = integer, FUNCTION = public.trap)",
                "CREATE OPERATOR public.> (LEFTARG = numeric, RIGHTARG = integer, FUNCTION = public.trap)",
                "CREATE FUNCTION public.div(numeric, integer) RETURNS numeric LANGUAGE sql"
                    + " AS 'SELECT 0::numeric'");
            varve.toolkit().install();
            fresh.run(
                "DROP OPERATOR public.= (numeric, integer)",
                "DROP OPERATOR public.> (numeric, integer)",
                "DROP FUNCTION public.trap, public.div");
          }
        });
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
