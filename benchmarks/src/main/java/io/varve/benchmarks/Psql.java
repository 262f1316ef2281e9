package io.varve.benchmarks;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** The {@code psql} on the path, pointed at one database. */
final class Psql {

  private final String url;
  private final String user;
  private final String password;

  Psql(String jdbcUrl, String user, String password) {
    URI uri = URI.create(jdbcUrl.substring("jdbc:".length()));
    this.url = "postgresql://" + uri.getHost() + ":" + uri.getPort() + uri.getPath();
    this.user = user;
    this.password = password;
  }

  /** Runs one command (SQL or backslash) and fails unless psql ends with 0. */
  void run(String command) throws IOException, InterruptedException {
    psql("-c", command);
  }

  /** Runs a file of commands and fails unless psql ends with 0. */
  void script(Path file) throws IOException, InterruptedException {
    psql("-f", file.toString());
  }

  private void psql(String option, String value) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(
            List.of("psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", url, option, value));
    builder.environment().put("PGUSER", user);
    builder.environment().put("PGPASSWORD", password);
    builder.redirectErrorStream(true);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException("psql failed: " + output);
    }
  }
}
