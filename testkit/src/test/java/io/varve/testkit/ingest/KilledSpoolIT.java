package io.varve.testkit.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.Varve;
import io.varve.ingest.IngestStats;
import io.varve.ingest.Ingester;
import io.varve.model.Table;
import io.varve.testkit.OwnedServer;
import io.varve.testkit.TcpProxy;
import io.varve.testkit.ingest.SpoolingProgram.Numbered;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} of a process that spools and replays, at random points, while its server goes
 * away and comes back. The system properties {@code varve.spool.kills} and {@code varve.spool.seed}
 * say how often and where.
 */
@Timeout(value = 20, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class KilledSpoolIT {

  private static final int KILLS = Integer.getInteger("varve.spool.kills", 3);
  private static final long SEED = Long.getLong("varve.spool.seed", 20_240_101);
  private static final long NUMBERS_PER_RUN = 10_000_000;

  private final Random random = new Random(SEED);

  @TempDir private Path home;

  @Test
  void whatWasAcknowledgedIsInTheTableExactlyOnce() throws Exception {
    try (OwnedServer server = OwnedServer.start("18");
        TcpProxy proxy = TcpProxy.before(server)) {
      try (Varve varve = server.connect()) {
        varve.schema().create(Table.of(Numbered.class));
      }
      int spooled = 0;
      for (int run = 0; run < KILLS; run++) {
        disturbAndKill(proxy, run);
        spooled += spoolFiles().isEmpty() ? 0 : 1;
      }
      System.out.printf(
          "%d kills (seed %d), %d with batches in the spool; %d rows acknowledged%n",
          KILLS, SEED, spooled, acknowledged().size());
      replayTheRest(server);
      assertExactlyOnce(server);
    }
  }

  private void disturbAndKill(TcpProxy proxy, int run) throws IOException {
    proxy.accept(true);
    Process program = start(proxy, run);
    try {
      awaitMore(program, 1);
      int changes = random.nextInt(5);
      for (int i = 0; i < changes; i++) {
        boolean away = i % 2 == 0;
        proxy.accept(!away);
        if (away) {
          proxy.cut();
        } else if (random.nextBoolean()) {
          awaitRemovalOfTheOldest(program);
        }
        awaitMore(program, 1 + random.nextInt(1_500));
      }
      // Most are to be killed in the middle of replaying, which is when something can go wrong.
      proxy.accept(random.nextInt(4) > 0);
      LockSupport.parkNanos(random.nextLong(Duration.ofMillis(1_500).toNanos()));
    } finally {
      program.destroyForcibly().onExit().join();
    }
  }

  private Process start(TcpProxy proxy, int run) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                SpoolingProgram.class.getName(),
                spool().toString(),
                acknowledgements().toString(),
                Long.toString(run * NUMBERS_PER_RUN))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(said().toFile()));
    builder.environment().keySet().removeIf(name -> name.matches("(PG|VARVE_).*"));
    builder.environment().put("VARVE_URL", proxy.url());
    builder.environment().put("VARVE_USER", proxy.user());
    builder.environment().put("VARVE_PASSWORD", proxy.password());
    return builder.start();
  }

  private Path spool() {
    return home.resolve("spool");
  }

  private Path acknowledgements() {
    return home.resolve("acknowledged");
  }

  private Path said() {
    return home.resolve("said");
  }

  private List<Path> spoolFiles() throws IOException {
    try (Stream<Path> files = Files.list(spool())) {
      return files.filter(file -> file.toString().endsWith(".spool")).sorted().toList();
    }
  }

  /** Waits until a file of the spool has been replayed, if there is one. */
  private void awaitRemovalOfTheOldest(Process program) throws IOException {
    Optional<Path> oldest = spoolFiles().stream().findFirst();
    while (oldest.isPresent() && Files.exists(oldest.get())) {
      requireAlive(program);
      LockSupport.parkNanos(Duration.ofMillis(2).toNanos());
    }
  }

  private void requireAlive(Process program) throws IOException {
    assertThat(program.isAlive()).as("%s", Files.readString(said())).isTrue();
  }

  private long acknowledgedBytes() throws IOException {
    return Files.exists(acknowledgements()) ? Files.size(acknowledgements()) : 0;
  }

  /** Waits until so many more rows have been acknowledged. */
  private void awaitMore(Process program, int rows) throws IOException {
    long target = acknowledgedBytes() + (long) rows * Long.BYTES;
    while (acknowledgedBytes() < target) {
      requireAlive(program);
      LockSupport.parkNanos(Duration.ofMillis(2).toNanos());
    }
  }

  private Set<Long> acknowledged() throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(acknowledgements()));
    Set<Long> numbers = new HashSet<>();
    while (bytes.remaining() >= Long.BYTES) {
      numbers.add(bytes.getLong());
    }
    return numbers;
  }

  private void replayTheRest(OwnedServer server) {
    try (Varve varve = server.connect();
        Ingester<Numbered> ingester =
            varve.ingester(Table.of(Numbered.class), SpoolingProgram.options(spool()))) {
      while (ingester.health().bytes() > 0) {
        LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
      }
      IngestStats stats = ingester.stats();
      assertThat(ingester.health().damaged()).isEmpty();
      assertThat(stats.written()).isEqualTo(stats.recovered());
    }
  }

  private void assertExactlyOnce(OwnedServer server) throws IOException, SQLException {
    Map<Long, Integer> stored = new HashMap<>();
    try (Connection connection = server.jdbc();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select number from numbered")) {
      while (rows.next()) {
        stored.merge(rows.getLong(1), 1, Integer::sum);
      }
    }
    List<Long> lost =
        acknowledged().stream().filter(number -> !stored.containsKey(number)).toList();
    List<Long> doubled = stored.keySet().stream().filter(number -> stored.get(number) > 1).toList();
    assertThat(lost).isEmpty();
    assertThat(doubled).isEmpty();
  }
}
