package io.varve.testkit.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.Varve;
import io.varve.ingest.Ingester;
import io.varve.ingest.IngesterOptions;
import io.varve.ingest.Remainder;
import io.varve.model.Table;
import io.varve.testkit.DatabaseExtension;
import io.varve.testkit.TcpProxy;
import io.varve.testkit.TestDatabase;
import io.varve.testkit.ingest.FullQueue.Sample;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** An ingester whose database takes nothing. */
@ExtendWith(DatabaseExtension.class)
final class FullQueueIT {

  /** What each of the two workers holds besides the queue: its batch, encoded. */
  private static final long BATCHES = 2 * (4L << 20);

  private static final int LOOKS = 5;
  private static final Instant START = Instant.parse("2024-02-01T00:00:00Z");

  private final TestDatabase database;

  FullQueueIT(TestDatabase database) {
    this.database = database;
  }

  @Test
  void aQueueAtItsBoundTakesNoMoreThanItAndLosesNothing() throws Exception {
    List<String> said = child();
    System.out.println("bytes of heap, before the first row and with a full queue: " + said);
    long before = numbers(said, "before").get(0);
    assertThat(numbers(said, "heap"))
        .hasSize(LOOKS)
        .allSatisfy(used -> assertThat(used).isLessThan(before + FullQueue.QUEUE_BYTES + BATCHES));
    assertThat(numbers(said, "waiting").get(0))
        .isBetween(FullQueue.QUEUE_BYTES - FullQueue.ROW_BYTES, FullQueue.QUEUE_BYTES);
    assertThat(numbers(said, "written")).containsExactly((long) FullQueue.ROWS);
    assertThat(numbers(said, "stored")).containsExactly((long) FullQueue.ROWS);
  }

  private static List<Long> numbers(List<String> said, String what) {
    return said.stream()
        .filter(line -> line.startsWith(what + " "))
        .map(line -> Long.parseLong(line.substring(what.length() + 1)))
        .toList();
  }

  private List<String> child() throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(
            System.getProperty("java.home") + File.separator + "bin" + File.separator + "java",
            "-Xmx96m",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            FullQueue.class.getName(),
            Integer.toString(LOOKS),
            "0");
    builder.environment().put("VARVE_URL", database.url());
    builder.environment().put("VARVE_USER", database.user());
    builder.environment().put("VARVE_PASSWORD", database.password());
    Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    List<String> said =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
            .lines()
            .toList();
    assertThat(process.waitFor()).as("exit code after %s", said).isZero();
    return said;
  }

  @Test
  void closingWithoutAnAnswerLeavesExactlyWhatIsNotIn() {
    try (TcpProxy proxy = TcpProxy.before(database);
        Varve varve = proxy.connect()) {
      varve.schema().create(Table.of(Sample.class));
      IngesterOptions<Sample> options =
          IngesterOptions.<Sample>defaults().linger(Duration.ofMinutes(30)).batchRows(100);
      Ingester<Sample> ingester = varve.ingester(Table.of(Sample.class), options);
      samples(0, 250).forEach(ingester::put);
      assertThat(ingester.flush().written()).isEqualTo(250);

      proxy.silence();
      List<Sample> late = samples(250, 800);
      late.forEach(ingester::put);
      Remainder<Sample> left = ingester.close(Duration.ofMillis(500));
      assertThat(left.unwritten()).containsExactlyInAnyOrderElementsOf(late);
      assertThat(left.inDoubt()).isEmpty();
      assertThat(ingester.stats().failed()).isEqualTo(late.size());

      proxy.resume();
      assertThat(varve.from(Sample.class).count()).isEqualTo(250);
      varve.schema().drop(Table.of(Sample.class).name());
    }
  }

  private static List<Sample> samples(int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(i -> new Sample(START.plusSeconds(i), "d" + i % 5, i))
        .toList();
  }
}
