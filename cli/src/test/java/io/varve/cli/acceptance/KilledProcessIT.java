package io.varve.cli.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code kill -9} of a process that uses the local server leaves to the next one. */
@Timeout(value = 10, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class KilledProcessIT {

  private static final int BATCH_OF_INGEST = 50_000;

  @RegisterExtension final Sandbox sandbox = new Sandbox();

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void ofAnIngestWholeBatchesAreThere(long seed) throws IOException {
    sandbox.provideBinaries();
    int fed = new Random(seed).nextInt(BATCH_OF_INGEST + 1, 4 * BATCH_OF_INGEST);
    Child ingest = sandbox.start("ingest", "-", "--table", "readings");
    ingest.feed(NumberedRows.HEADER + NumberedRows.rows(0, fed));
    Await.until("a batch", () -> storedRows() > 0);
    ingest.kill();
    assertThat(rowsFoundByTheNextCommand())
        .isBetween((long) BATCH_OF_INGEST, (long) fed)
        .satisfies(rows -> assertThat(rows % BATCH_OF_INGEST).isZero());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void ofAProgramEveryBatchIsThereWhoseCommitItKnewOf(long seed) throws IOException {
    sandbox.provideBinaries();
    long lines = new Random(seed).nextInt(1, 50);
    Child program = sandbox.start(LoadingProgram.class, sandbox.server().directory().toString());
    Await.until("line " + lines, () -> program.out().lines().count() >= lines);
    program.kill();
    long known =
        program
            .out()
            .lines()
            .filter(line -> line.startsWith(LoadingProgram.COMMITTED))
            .mapToLong(line -> Long.parseLong(line.substring(LoadingProgram.COMMITTED.length())))
            .max()
            .orElse(0);
    assertThat(rowsFoundByTheNextCommand()).isIn(known, known + LoadingProgram.BATCH);
  }

  private long storedRows() throws Exception {
    return Long.parseLong(sandbox.server().query("select count(*) from readings"));
  }

  /** None if there is no table: the process did not get as far as creating it. */
  private long rowsFoundByTheNextCommand() {
    Child.Result result =
        sandbox.start("sql", "select count(*) from readings", "--format", "csv").finish();
    if (result.err().contains("relation \"readings\" does not exist")) {
      return 0;
    }
    assertThat(result.exitCode()).describedAs("%s", result).isZero();
    return Long.parseLong(result.out().lines().skip(1).findFirst().orElseThrow());
  }

  /** A moment in the making of the local server, known by what is there. */
  enum Moment {
    UNPACKING {
      @Override
      boolean hasCome(LocalServer server) throws IOException {
        return entries(server.directory().resolve("binaries")).stream()
            .anyMatch(entry -> Files.exists(entry.resolve("bin")));
      }
    },
    INITIALISING {
      @Override
      boolean hasCome(LocalServer server) throws IOException {
        return entries(server.directory()).stream()
            .filter(entry -> entry.getFileName().toString().startsWith("data.new-"))
            .anyMatch(entry -> Files.exists(entry.resolve("PG_VERSION")));
      }
    },
    STARTING {
      @Override
      boolean hasCome(LocalServer server) {
        return Files.exists(server.directory().resolve("data/postmaster.pid"));
      }
    },
    INSTALLING {
      @Override
      boolean hasCome(LocalServer server) throws Exception {
        return server
            .query("select to_regclass('varve_internal.migration_history') is not null")
            .equals("t");
      }
    };

    abstract boolean hasCome(LocalServer server) throws Exception;
  }

  @ParameterizedTest
  @EnumSource
  void ofTheMakingOfTheServerNothingIsInTheWay(Moment moment) throws IOException {
    if (moment != Moment.UNPACKING) {
      sandbox.provideBinaries();
    }
    Child first = sandbox.start("install");
    Await.until(moment.name(), () -> moment.hasCome(sandbox.server()));
    first.kill();
    sandbox.run("install");
    sandbox.run("ingest", NumberedRows.write(sandbox.file("readings.csv"), 1_000).toString());
    assertThat(rowsFoundByTheNextCommand()).isEqualTo(1_000);
    Await.until("the end of what was killed", () -> sandbox.processes().isEmpty());
    assertThat(entries(sandbox.server().directory()))
        .extracting(entry -> entry.getFileName().toString())
        .containsExactly("binaries", "clients", "data", "log", "password", "server.lock");
    assertThat(entries(sandbox.server().directory().resolve("binaries"))).hasSize(1);
    assertThat(entries(sandbox.server().directory().resolve("clients"))).isEmpty();
  }

  private static List<Path> entries(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.sorted().toList();
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }
}
