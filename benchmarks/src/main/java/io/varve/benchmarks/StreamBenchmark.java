package io.varve.benchmarks;

import io.varve.EmbeddedProvider;
import io.varve.Varve;
import io.varve.model.Table;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * Reads a whole table row by row in a child JVM with a 64 MB heap: {@code Query.stream} against a
 * bare pgjdbc cursor in a JVM of the same size.
 */
final class StreamBenchmark {

  private static final Table<Reading> TABLE = Table.of(Reading.class);
  private static final int HEAP_MEGABYTES = 64;

  private final Varve varve;
  private final EmbeddedProvider.Server server;
  private final long count;

  StreamBenchmark(Varve varve, EmbeddedProvider.Server server, long count) {
    this.varve = varve;
    this.server = server;
    this.count = count;
  }

  List<Measurement> run(int rounds) throws Exception {
    fill();
    return Interleaved.measure(
        List.of(
            new Child(StreamReader.Mode.VARVE, "varve stream"),
            new Child(StreamReader.Mode.CURSOR, "pgjdbc cursor")),
        rounds);
  }

  private void fill() {
    varve.schema().create(TABLE);
    long start = Reading.START.getEpochSecond() * 1_000_000;
    long end = start + (count / Reading.DEVICES + 1) * 1_000_000;
    varve.schema().createChunks(TABLE.name(), start, end);
    try (Connection connection = varve.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(
          """
          INSERT INTO bench_reading
          SELECT timestamptz '%s' + make_interval(secs => i / %d),
                 'device-' || to_char(i %% %<d, 'FM000'), (i %% 5000) / 100.0
          FROM generate_series(0, %d - 1) AS i
          """
              .formatted(Reading.START, Reading.DEVICES, count));
      statement.execute("VACUUM ANALYZE bench_reading");
    } catch (SQLException e) {
      throw new IllegalStateException("filling bench_reading failed", e);
    }
  }

  private final class Child implements Contender {

    private final StreamReader.Mode mode;
    private final String name;

    Child(StreamReader.Mode mode, String name) {
      this.mode = mode;
      this.name = name;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public void prepare() {}

    @Override
    public void run() throws IOException, InterruptedException {
      Process process = start();
      String output =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      if (process.waitFor() != 0 || !output.equals(Long.toString(count))) {
        throw new IllegalStateException(
            "%s: expected %d rows, the child said: %s".formatted(name, count, output));
      }
    }

    private Process start() throws IOException {
      ProcessBuilder builder =
          new ProcessBuilder(
              System.getProperty("java.home") + File.separator + "bin" + File.separator + "java",
              "-Xmx" + HEAP_MEGABYTES + "m",
              "-cp",
              System.getProperty("java.class.path"),
              StreamReader.class.getName(),
              mode.name());
      builder.environment().put("VARVE_URL", server.url());
      builder.environment().put("VARVE_USER", server.user());
      builder.environment().put("VARVE_PASSWORD", server.password());
      return builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }
  }
}
