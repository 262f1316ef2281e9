package io.varve.ingest;

import io.varve.ClosedException;
import io.varve.MappingException;
import io.varve.VarveException;
import io.varve.health.Health;
import io.varve.ingest.IngestBatch.Waiting;
import io.varve.jdbc.Retry;
import io.varve.model.Column;
import io.varve.model.Table;
import io.varve.spool.SpoolBatch;
import io.varve.spool.SpoolLog;
import io.varve.spool.SpoolState;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The log of an ingester, with rows in it. Thread-safe. */
final class Spool<T> implements AutoCloseable {

  private final SpoolLog log;
  private final RowImages<T> images;
  private final RowErrors errors;
  private final Consumer<? super DeadLetter<T>> refused;
  private final InstantSource clock;
  private volatile @Nullable String problem;

  /**
   * A batch as it goes to the log.
   *
   * @param failures rows that cannot be kept there, and would be refused by any table
   */
  record Image(SpoolBatch batch, List<RowFailure> failures) {}

  private Spool(SpoolLog log, Table<T> table, RowImages<T> images, IngesterOptions<T> options) {
    this.log = log;
    this.images = images;
    this.errors =
        new RowErrors(table.name(), table.columns().stream().<String>map(Column::name).toList());
    this.refused = options.write().deadLetters().orElseThrow();
    this.clock = InstantSource.system();
  }

  /** The ingester's, if its options want one. */
  static <T> Optional<Spool<T>> open(Table<T> table, IngesterOptions<T> options) {
    RowImages<T> images = new RowImages<>(table);
    return options
        .spool()
        .map(
            spool ->
                new Spool<>(
                    SpoolLog.open(spool.directory(), spool.maxBytes(), images.description()),
                    table,
                    images,
                    options));
  }

  /** Whether nothing is to be written before a batch that comes now. */
  boolean isEmpty() {
    return log.state().batches() == 0;
  }

  /** Whether a batch that failed so may go through later. */
  static boolean takes(VarveException e) {
    return Retry.isHopeful(e) || e instanceof ClosedException;
  }

  long rows() {
    return log.state().rows();
  }

  /** Encodes the batch. Rows that cannot be go to the sink for dead letters. */
  Image image(IngestBatch<T> batch) {
    CopyBuffer out = new CopyBuffer(1 << 16);
    List<RowFailure> failures = new ArrayList<>();
    int rows = 0;
    for (Waiting<T> waiting : batch.rows()) {
      try {
        images.write(waiting.row(), out);
      } catch (MappingException e) {
        RowFailure failure = errors.failure(rows + failures.size(), e);
        refused.accept(new DeadLetter<>(waiting.row(), failure));
        failures.add(failure);
        continue;
      }
      rows++;
    }
    return new Image(
        new SpoolBatch(
            batch.id(),
            clock.instant().truncatedTo(ChronoUnit.MICROS),
            rows,
            Arrays.copyOf(out.array(), out.size())),
        failures);
  }

  /** Appends the batch, which is on the disk on return. */
  void append(Image image) {
    if (image.batch().rows() > 0) {
      log.append(image.batch());
    }
  }

  /** Waits until something has changed, so long at most. */
  void awaitChange(long nanos) throws InterruptedException {
    log.awaitChange(nanos);
  }

  /** Waits until there is something to replay; false once the spool is closed. */
  boolean awaitBatch() throws InterruptedException {
    return log.awaitBatch();
  }

  /** The oldest batch, which nobody waits for any more. */
  Optional<IngestBatch<T>> head() {
    return log.head().map(this::rows);
  }

  private IngestBatch<T> rows(SpoolBatch batch) {
    return new IngestBatch<>(
        batch.id(),
        images.read(batch.body(), batch.rows()).stream()
            .map(row -> new Waiting<>(row, 0, 0, new CompletableFuture<RowOutcome>()))
            .toList());
  }

  /** The head has been replayed; the step is run before anybody can see it. */
  void pass(Runnable step) {
    log.pass(step);
  }

  /** Gives disk back; returns the batches that can never come again. */
  List<String> removeReplayed() {
    return log.removeReplayed();
  }

  /** What keeps the spool from being replayed. */
  void stuck(Throwable e) {
    // Whoever's exception it is, its message may hold rows.
    problem =
        e instanceof VarveException
            ? e.getMessage()
            : "replaying ended with " + e.getClass().getName() + ", perhaps by the sink";
  }

  /** Nothing does. */
  void goesOn() {
    problem = null;
  }

  IngestHealth health() {
    SpoolState state = log.state();
    boolean well = state.batches() == 0 && state.damaged().isEmpty();
    return new IngestHealth(
        well ? Health.Status.UP : Health.Status.DEGRADED,
        state.batches(),
        state.rows(),
        state.bytes(),
        state.oldest(),
        state.bytesCut(),
        state.damaged(),
        Optional.ofNullable(problem));
  }

  @Override
  public void close() {
    log.close();
  }
}
