package io.varve.testkit.ingest;

import io.varve.Preset;
import io.varve.Setting;
import io.varve.Varve;
import io.varve.ingest.Ingester;
import io.varve.ingest.IngesterOptions;
import io.varve.ingest.RowOutcome;
import io.varve.ingest.SpoolOptions;
import io.varve.ingest.WriteOptions;
import io.varve.model.Dimension;
import io.varve.model.Measure;
import io.varve.model.Table;
import io.varve.model.Time;
import io.varve.model.TimeSeries;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;

/**
 * Puts numbered rows until it is killed, and writes down the number of each that is acknowledged.
 *
 * <p>Arguments: the spool's directory, the file for acknowledged numbers, the first number. The
 * server is in the environment.
 */
final class SpoolingProgram {

  private static final Instant START = Instant.parse("2024-01-01T00:00:00Z");
  private static final Duration PAUSE = Duration.ofNanos(300_000);

  /** Without a key: what is stored twice is there twice. */
  @TimeSeries(table = "numbered", chunk = "1 day")
  record Numbered(@Time Instant time, @Dimension String device, @Measure long number) {}

  private SpoolingProgram() {}

  public static void main(String[] arguments) throws IOException {
    try (Varve varve =
            Varve.builder(Preset.DEVELOPMENT).set(Setting.ACQUIRE_TIMEOUT, "500 ms").connect();
        RandomAccessFile acknowledged = new RandomAccessFile(arguments[1], "rw");
        Ingester<Numbered> ingester =
            varve.ingester(Table.of(Numbered.class), options(Path.of(arguments[0])))) {
      acknowledged.seek(acknowledged.length());
      for (long number = Long.parseLong(arguments[2]); ; number++) {
        long put = number;
        ingester.put(row(number)).thenAccept(outcome -> acknowledge(acknowledged, put, outcome));
        LockSupport.parkNanos(PAUSE.toNanos());
      }
    }
  }

  static Numbered row(long number) {
    return new Numbered(START.plusMillis(number % 100_000), "d" + number % 7, number);
  }

  static IngesterOptions<Numbered> options(Path spool) {
    return IngesterOptions.<Numbered>defaults()
        .write(
            WriteOptions.<Numbered>append()
                .deadLetters(
                    letter -> {
                      throw new IllegalStateException("refused: " + letter);
                    }))
        .batchRows(30)
        .linger(Duration.ofMillis(10))
        .spool(SpoolOptions.in(spool).maxBytes(4L << 20).after(Duration.ofMillis(100)));
  }

  private static void acknowledge(RandomAccessFile file, long number, RowOutcome outcome) {
    if (outcome instanceof RowOutcome.Refused) {
      throw new IllegalStateException("refused: " + outcome);
    }
    try {
      synchronized (file) {
        file.write(ByteBuffer.allocate(Long.BYTES).putLong(number).array());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
