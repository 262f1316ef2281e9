package io.varve.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(DatabaseExtension.class)
final class DatabaseExtensionIT {

  private final TestDatabase database;

  DatabaseExtensionIT(TestDatabase database) {
    this.database = database;
  }

  @Test
  void constructorAndMethodGetTheSameDatabase(TestDatabase same) {
    assertThat(same).isSameAs(database);
  }

  @Test
  void databaseIsEmptyAndBelongsToItsUser() throws SQLException {
    String sql =
        """
        select r.rolname || ' ' || r.rolsuper || ' ' ||
            (select count(*) from pg_class where relnamespace = 'public'::regnamespace)
        from pg_database d join pg_roles r on r.oid = d.datdba
        where d.datname = current_database()
        """;
    assertThat(text(sql)).isEqualTo(database.user() + " false 0");
  }

  @Test
  void urlHoldsNoCredentials() {
    assertThat(database.url()).doesNotContain("password", database.password());
  }

  @Test
  void sessionLeftOpenIsReported() throws Exception {
    String password = database.password();
    try (OwnedServer owned = OwnedServer.start("18")) {
      FreshDatabase leaking = new TestServer(owned.address(), () -> {}).createDatabase("leak");
      try (Connection forgotten = leaking.database().jdbc()) {
        assertThat(forgotten.isValid(1)).isTrue();
        assertThatThrownBy(leaking::close)
            .isInstanceOf(AssertionError.class)
            .hasMessageStartingWith("sessions left open on " + leaking.database().url() + ": [pid ")
            .hasMessageNotContaining(password);
      }
    }
  }

  @Nested
  final class NestedClass {

    @Test
    void sharesTheDatabaseOfTheOuterClass(TestDatabase same) {
      assertThat(same).isSameAs(database);
    }
  }

  private String text(String sql) throws SQLException {
    try (Connection connection = database.jdbc();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      result.next();
      return result.getString(1);
    }
  }
}
