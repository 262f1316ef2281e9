package io.varve.ingest;

import io.varve.model.ColumnType.Kind;
import io.varve.model.Dimension;
import io.varve.model.Measure;
import io.varve.model.Table;
import io.varve.model.Time;
import io.varve.model.TimeSeries;
import io.varve.schema.StoredType;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What it costs to turn one record into a binary COPY tuple. JMH reports the time that passes;
 * after each iteration the CPU time of the thread is printed as well, which other programs do not
 * spoil.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(2)
public class CodecBenchmark {

  private static final int ROWS = 1_000;

  /** At so many bytes a buffer is sent. */
  private static final int FULL = 64 << 10;

  /** A timestamp, a short text and two numbers. */
  @TimeSeries
  record Reading(
      @Time Instant time,
      @Dimension String device,
      @Measure double temperature,
      @Measure double humidity) {}

  private final RowCodec<Reading> codec =
      new RowCodec<>(
          Table.of(Reading.class),
          Stream.of(Kind.TIMESTAMPTZ, Kind.TEXT, Kind.DOUBLE, Kind.DOUBLE)
              .map(StoredType::of)
              .toList());
  private final CopyBuffer buffer = new CopyBuffer(FULL + 1_024);
  private final Reading[] rows = new Reading[ROWS];
  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
  private int next;
  private long encoded;
  private long cpuNanos;

  public CodecBenchmark() {
    Instant start = Instant.parse("2026-01-01T00:00:00Z");
    for (int i = 0; i < ROWS; i++) {
      rows[i] =
          new Reading(start.plusSeconds(i), "device-%03d".formatted(i % 100), i / 100.0, i / 7.0);
    }
  }

  @Setup(Level.Iteration)
  public void startClock() {
    encoded = 0;
    cpuNanos = threads.getCurrentThreadCpuTime();
  }

  @TearDown(Level.Iteration)
  public void printCpuTime() {
    double spent = threads.getCurrentThreadCpuTime() - cpuNanos;
    System.out.printf("CPU %.1f ns/row, ", spent / encoded);
  }

  /** Encodes one row into a buffer that is reused when it is full. */
  @Benchmark
  public int encode() {
    if (buffer.size() >= FULL) {
      buffer.truncate(0);
    }
    codec.encode(rows[next], buffer);
    next = next + 1 == ROWS ? 0 : next + 1;
    encoded++;
    return buffer.size();
  }
}
