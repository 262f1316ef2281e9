package io.varve.benchmarks;

import io.varve.EmbeddedProvider;
import io.varve.Preset;
import io.varve.Setting;
import io.varve.Varve;
import io.varve.ingest.ThresholdBenchmark;
import io.varve.ingest.WriteMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Stream;

/**
 * Runs one whole-path benchmark on a PostgreSQL of its own, with the settings the product uses
 * (fsync on), in a temporary directory that is removed afterwards.
 *
 * <pre>
 * writes [rows] [rounds]   the next three, one after the other; defaults 400,000 and 3
 * ingest [rows] [rounds]   insertAll against psql's binary \copy and JDBC; defaults 2,000,000 and 7
 * upsert [rows] [rounds]   insertAll with UPSERT against COPY and merge in psql; defaults 1,000,000 and 5
 * skip [rows] [rounds]     the same with SKIP_DUPLICATES
 * ingester [rows] [rounds] an Ingester with eight producers against insertAll; defaults 2,000,000 and 7
 * thresholds               from how many rows on COPY beats one statement
 * stream [rows] [rounds]   Query.stream in a 64 MB heap against a pgjdbc cursor; defaults 20,000,000 and 3
 * downsample [rows] [rounds] one line for 2,000 pixels against fetching it; defaults 10,000,000 and 3
 * query [rows] [rounds]    functions against the server's own; defaults 3,000,000 and 5
 * overhead [rows] [rounds] the query builder against JDBC by hand; defaults 1,000,000 and 15
 * latest [series] [chunks] newest rows of 1,000 and of all series; defaults 10,000 and 365
 * </pre>
 */
public final class Benchmarks {

  private Benchmarks() {}

  public static void main(String[] args) throws Exception {
    String name = args.length > 0 ? args[0] : "";
    switch (name) {
      case "writes" -> writes(number(args, 1, 400_000), number(args, 2, 3));
      case "thresholds" -> thresholds();
      case "ingest" -> ingest(number(args, 1, 2_000_000), number(args, 2, 7));
      case "stream" -> stream(number(args, 1, 20_000_000), number(args, 2, 3));
      case "upsert" -> merge(WriteMode.UPSERT, number(args, 1, 1_000_000), number(args, 2, 5));
      case "skip" ->
          merge(WriteMode.SKIP_DUPLICATES, number(args, 1, 1_000_000), number(args, 2, 5));
      case "ingester" -> ingester(number(args, 1, 2_000_000), number(args, 2, 7));
      case "downsample" -> downsample(number(args, 1, 10_000_000), number(args, 2, 3));
      case "query" -> query(number(args, 1, 3_000_000), number(args, 2, 5));
      case "overhead" -> overhead(number(args, 1, 1_000_000), number(args, 2, 15));
      case "latest" -> latest(number(args, 1, 10_000), number(args, 2, 365));
      default -> {
        System.err.println(
            "usage: writes|ingest|upsert|skip|ingester|stream|downsample|query|overhead [rows]"
                + " [rounds], latest [series] [chunks], or thresholds");
        System.exit(2);
      }
    }
  }

  private static int number(String[] args, int index, int fallback) {
    return args.length > index ? Integer.parseInt(args[index]) : fallback;
  }

  private static void writes(int rows, int rounds) throws Exception {
    System.out.println("append");
    ingest(rows, rounds);
    System.out.println("skip duplicates");
    merge(WriteMode.SKIP_DUPLICATES, rows, rounds);
    System.out.println("upsert");
    merge(WriteMode.UPSERT, rows, rounds);
  }

  private static void thresholds() throws Exception {
    onOwnServer((varve, server, directory) -> new ThresholdBenchmark(varve).run());
  }

  private static void ingest(int rows, int rounds) throws Exception {
    onOwnServer(
        (varve, server, directory) ->
            report(rows, new IngestBenchmark(varve, server, directory, rows).run(rounds)));
  }

  private static void merge(WriteMode mode, int rows, int rounds) throws Exception {
    onOwnServer(
        (varve, server, directory) ->
            report(rows, new MergeBenchmark(varve, server, directory, mode, rows).run(rounds)));
  }

  private static void ingester(int rows, int rounds) throws Exception {
    onOwnServer(
        (varve, server, directory) -> report(rows, new IngesterBenchmark(varve, rows).run(rounds)));
  }

  private static void stream(int rows, int rounds) throws Exception {
    onOwnServer(
        (varve, server, directory) ->
            report(rows, new StreamBenchmark(varve, server, rows).run(rounds)));
  }

  private static void downsample(int rows, int rounds) throws Exception {
    onOwnServer(
        (varve, server, directory) ->
            report(rows, new DownsampleBenchmark(varve, rows).run(rounds)));
  }

  private static void query(int rows, int rounds) throws Exception {
    onOwnServer(
        (varve, server, directory) -> {
          QueryBenchmark benchmark = new QueryBenchmark(varve, rows);
          benchmark.fill();
          report(rows, benchmark.timeBucket(rounds));
          report(rows, benchmark.lastInSql(rounds));
          report(rows, benchmark.lastOfSeries(rounds));
          report(rows, benchmark.lastOfAll(rounds));
        });
  }

  private static void overhead(int rows, int rounds) throws Exception {
    onOwnServer(
        (varve, server, directory) -> {
          OverheadBenchmark benchmark = new OverheadBenchmark(varve, rows);
          benchmark.fill();
          report(rows, benchmark.rows(rounds));
          report(rows, benchmark.buckets(rounds));
        });
  }

  private static void latest(int series, int chunks) throws Exception {
    onOwnServer(
        (varve, server, directory) -> {
          LatestBenchmark benchmark = new LatestBenchmark(varve, series, chunks);
          report(benchmark.asked(), benchmark.run(3));
        });
  }

  /** One line per contender; the last one is the reference. */
  private static void report(int rows, List<Measurement> measurements) {
    Measurement reference = measurements.get(measurements.size() - 1);
    System.out.printf(
        "%-20s %12s %9s %9s %9s %9s%n", "", "rows/s", "median s", "min s", "max s", "ratio");
    for (Measurement measurement : measurements) {
      System.out.printf(
          "%-20s %,12.0f %9.3f %9.3f %9.3f %9.3f%n",
          measurement.name(),
          rows / measurement.median(),
          measurement.median(),
          measurement.min(),
          measurement.max(),
          measurement.rateRatioTo(reference));
    }
    System.out.printf("ratio: median over the rounds of the rate against %s%n", reference.name());
  }

  private interface Body {
    void run(Varve varve, EmbeddedProvider.Server server, Path directory) throws Exception;
  }

  private static void onOwnServer(Body body) throws Exception {
    Path directory = Files.createTempDirectory("varve-benchmark");
    EmbeddedProvider provider =
        ServiceLoader.load(EmbeddedProvider.class).findFirst().orElseThrow();
    try (EmbeddedProvider.Server server = provider.start(directory.resolve("server"));
        Varve varve = connect(server)) {
      body.run(varve, server, directory);
    } finally {
      delete(directory);
    }
  }

  private static Varve connect(EmbeddedProvider.Server server) {
    return Varve.builder(Preset.BULK)
        .set(Setting.URL, server.url())
        .set(Setting.USER, server.user())
        .set(Setting.PASSWORD, server.password())
        .connect();
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
