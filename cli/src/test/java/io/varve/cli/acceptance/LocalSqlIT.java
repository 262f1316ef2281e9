package io.varve.cli.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code varve sql} on the local PostgreSQL, whose user is called as the toolkit's schema is. */
final class LocalSqlIT {

  private static final String TABLES =
      "select schemaname || '.' || tablename as t from pg_tables where tablename like 'made_%'"
          + " order by 1";

  @RegisterExtension final Sandbox sandbox = new Sandbox();

  /** A server of PostgreSQL's own settings has the user's schema on its path, and first. */
  @Test
  void tablesAreMadeInPublic() throws Exception {
    sandbox.provideBinaries();
    sandbox.run("install");
    sandbox.run("sql", "create table made_here (a int)");
    sandbox.run("sql", "alter database varve set search_path = \"$user\", public");
    sandbox.run("sql", "create table made_there (a int)");
    sandbox.run("sql", "alter database varve set search_path = \"$user\", public, varve");
    sandbox.run("sql", "create table made_everywhere (a int)");
    assertThat(sandbox.run("sql", TABLES, "--format", "csv"))
        .isEqualTo("t\npublic.made_everywhere\npublic.made_here\npublic.made_there\n");
    assertThat(
            sandbox.run(
                "sql",
                "select time_bucket(10, 27) as tens, count(*) as n from made_there",
                "--json"))
        .isEqualTo("[\n{\"tens\":20,\"n\":0}\n]\n");
  }
}
