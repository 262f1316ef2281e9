package io.varve.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.ConstraintException;
import io.varve.backend.Backend.ChunkTarget;
import io.varve.model.ColumnType.Kind;
import io.varve.model.Measure;
import io.varve.model.QualifiedName;
import io.varve.model.Table;
import io.varve.model.Time;
import io.varve.model.TimeSeries;
import io.varve.schema.StoredType;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

class ChunkLoadTest {

  private static final long WIDTH = 10;

  /** 2 for the count of fields, 12 for the time and 8 for the value. */
  private static final int ROW_BYTES = 22;

  @TimeSeries(table = "heights", chunk = "10")
  private record Height(@Time long time, @Measure int value) {}

  private final Server server = new Server();

  @Test
  void sortedRowsPassThroughInOneCopyPerChunk() throws Exception {
    ChunkLoad<Height> load = load(new ChunkLoad.Limits(2 * ROW_BYTES, 4 * ROW_BYTES, 1 << 20));

    assertThat(addAll(load, LongStream.range(0, 40))).isEqualTo(40);
    assertThat(server.copies()).isEqualTo(List.of("0: 10", "10: 10", "20: 10", "30: 10"));
  }

  @Test
  void interleavedRowsChangeTheChunkOnlyWhenTooManyWait() throws Exception {
    ChunkLoad<Height> load = load(new ChunkLoad.Limits(2 * ROW_BYTES, 20 * ROW_BYTES, 1 << 20));

    assertThat(addAll(load, LongStream.range(0, 100).map(i -> i % 2 == 0 ? 5 : 15))).isEqualTo(100);
    assertThat(server.copies()).hasSizeLessThan(10);
    assertThat(server.rows("0")).hasSize(50);
    assertThat(server.rows("10")).hasSize(50);
  }

  @Test
  void rowsOfManyChunksWaitWithinTheBudgetThoughNoneStreams() throws Exception {
    ChunkLoad<Height> load = load(new ChunkLoad.Limits(1 << 20, 20 * ROW_BYTES, 1 << 20));

    assertThat(addAll(load, LongStream.range(0, 100).map(i -> i * WIDTH))).isEqualTo(100);
    assertThat(server.largestBacklog).isLessThanOrEqualTo(21 * ROW_BYTES);
  }

  @Test
  void aCopyIsEndedBeforeItGrowsTooLong() throws Exception {
    ChunkLoad<Height> load = load(new ChunkLoad.Limits(ROW_BYTES, 1 << 20, 4 * ROW_BYTES));

    assertThat(addAll(load, LongStream.generate(() -> 1).limit(10))).isEqualTo(10);
    assertThat(server.copies()).isEqualTo(List.of("0: 4", "0: 4", "0: 2"));
  }

  @Test
  void rowsOnABoundaryBelongToTheLaterChunk() throws Exception {
    ChunkLoad<Height> load = load(ChunkLoad.Limits.DEFAULT);

    addAll(load, LongStream.of(-1, 0, 9, 10, -10));

    assertThat(server.rows("-10")).containsExactly(-1L, -10L);
    assertThat(server.rows("0")).containsExactly(0L, 9L);
    assertThat(server.rows("10")).containsExactly(10L);
  }

  @Property(tries = 200)
  void everyRowReachesItsChunkInOrderAndIsNamedByItsIndex(
      @ForAll Random random,
      @ForAll @IntRange(min = 1, max = 400) int rows,
      @ForAll @IntRange(min = 1, max = 12) int chunks,
      @ForAll @IntRange(min = 1, max = 10) int send,
      @ForAll @IntRange(min = 1, max = 60) int backlog,
      @ForAll @IntRange(min = 1, max = 100) int copy)
      throws Exception {
    Server observed = new Server();
    int refused = random.nextInt(rows);
    ChunkLoad.Limits limits =
        new ChunkLoad.Limits(
            (long) send * ROW_BYTES, (long) backlog * ROW_BYTES, (long) copy * ROW_BYTES);
    List<Height> offered = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      offered.add(new Height(random.nextLong(chunks * WIDTH), i));
    }

    ChunkLoad<Height> load = load(observed, limits);
    for (int i = 0; i < rows; i++) {
      load.add(offered.get(i), i);
    }
    assertThat(load.finish()).isEqualTo(rows);
    for (long start = 0; start < chunks * WIDTH; start += WIDTH) {
      long chunk = start;
      assertThat(observed.rows(Long.toString(start)))
          .isEqualTo(
              offered.stream()
                  .map(Height::time)
                  .filter(time -> Math.floorDiv(time, WIDTH) * WIDTH == chunk)
                  .toList());
    }

    Server refusing = new Server();
    refusing.refusedValue = refused;
    assertThatThrownBy(
            () -> {
              ChunkLoad<Height> second = load(refusing, limits);
              for (int i = 0; i < rows; i++) {
                second.add(offered.get(i), i);
              }
              second.finish();
            })
        .isInstanceOf(ConstraintException.class)
        .hasMessage("inserting into heights, row %d: no".formatted(refused));
  }

  @Test
  void noCopyIsGoingOnWhileAChunkIsOpened() throws Exception {
    ChunkLoad<Height> load = load(new ChunkLoad.Limits(1, 1, 1 << 20));

    addAll(load, LongStream.of(1, 11, 1, 21, 31, 1));

    assertThat(server.chunksOpenedDuringCopy).isZero();
  }

  @Test
  void rowsTheServerDiscardsAreNoticed() throws Exception {
    server.discarded = 1;
    ChunkLoad<Height> load = load(ChunkLoad.Limits.DEFAULT);
    load.add(new Height(1, 1), 0);
    load.add(new Height(2, 2), 1);

    assertThatThrownBy(load::finish)
        .isInstanceOf(ConstraintException.class)
        .hasMessage(
            "inserting into heights: the server stored 1 of 2 rows; expected all: does a trigger of"
                + " the table discard rows?");
  }

  @Test
  void cancellingEndsTheCopyThatIsGoingOn() throws Exception {
    ChunkLoad<Height> load = load(new ChunkLoad.Limits(1, 1 << 20, 1 << 20));
    load.cancel();
    load.add(new Height(1, 1), 0);
    load.cancel();

    assertThat(server.cancelled).isEqualTo(1);
  }

  @Test
  void aCopyWhoseEndFailsWithAnErrorIsCancelled() throws Exception {
    server.failure = new OutOfMemoryError("no room for the answer");
    ChunkLoad<Height> finishing = load(ChunkLoad.Limits.DEFAULT);
    finishing.add(new Height(1, 1), 0);
    assertThatThrownBy(finishing::finish).isSameAs(server.failure);
    finishing.cancel();
    assertThat(server.cancelled).isEqualTo(1);

    ChunkLoad<Height> streaming = load(new ChunkLoad.Limits(1, 1 << 20, 1));
    assertThatThrownBy(() -> streaming.add(new Height(1, 1), 0)).isSameAs(server.failure);
    streaming.cancel();
    assertThat(server.cancelled).isEqualTo(2);
  }

  private static long addAll(ChunkLoad<Height> load, LongStream times) throws SQLException {
    long index = 0;
    for (long time : times.toArray()) {
      load.add(new Height(time, (int) index), index++);
    }
    return load.finish();
  }

  private ChunkLoad<Height> load(ChunkLoad.Limits limits) {
    return load(server, limits);
  }

  private static ChunkLoad<Height> load(Server server, ChunkLoad.Limits limits) {
    return new ChunkLoad<>(
        codec(), chunk -> new ChunkCopy<>(chunk, server, errors()), server::open, limits);
  }

  private static RowCodec<Height> codec() {
    return new RowCodec<>(
        Table.of(Height.class), List.of(StoredType.of(Kind.BIGINT), StoredType.of(Kind.INTEGER)));
  }

  private static RowErrors errors() {
    return new RowErrors(new QualifiedName("public", "heights"), List.of("time", "value"));
  }

  /** Stands in for PostgreSQL: opens chunks, takes COPYs, refuses one value at a COPY's end. */
  private static final class Server implements Copy.Starter {

    private final Map<String, List<Long>> rows = new HashMap<>();
    private final List<String> ended = new ArrayList<>();
    private @Nullable Running running;
    private long refusedValue = -1;
    private long discarded;
    private int cancelled;
    private @Nullable Error failure;
    private int chunksOpenedDuringCopy;
    private int largestBacklog;

    List<Long> rows(String relation) {
      return rows.getOrDefault(relation, List.of());
    }

    List<String> copies() {
      return ended;
    }

    ChunkTarget open(long time) {
      if (running != null) {
        chunksOpenedDuringCopy++;
      }
      long start = Math.floorDiv(time, WIDTH) * WIDTH;
      return new ChunkTarget(Long.toString(start), start, start + WIDTH, true);
    }

    @Override
    public Copy start(String relation) {
      assertThat(running).as("a COPY is going on already").isNull();
      running = new Running(relation);
      return running;
    }

    private final class Running implements Copy {
      private final String relation;
      private long lines;
      private long refusedLine;

      Running(String relation) {
        this.relation = relation;
      }

      @Override
      public void write(CopyBuffer tuples, int from, int to) {
        assertThat(running).isSameAs(this);
        assertThat(to - from).isEqualTo(tuples.size());
        largestBacklog = Math.max(largestBacklog, tuples.size());
        TupleReader reader = new TupleReader(tuples);
        while (reader.hasNext()) {
          List<@Nullable Object> tuple = reader.next(Table.of(Height.class));
          rows.computeIfAbsent(relation, key -> new ArrayList<>()).add((Long) tuple.get(0));
          lines++;
          if (((Integer) tuple.get(1)).longValue() == refusedValue) {
            refusedLine = lines;
          }
        }
      }

      @Override
      public long end() throws SQLException {
        if (failure != null) {
          throw failure;
        }
        running = null;
        ended.add(relation + ": " + lines);
        if (refusedLine > 0) {
          throw new PSQLException(
              new ServerErrorMessage(
                  "SERROR\0C23505\0Mno\0WCOPY heights, line " + refusedLine + "\0"));
        }
        return lines - discarded;
      }

      @Override
      public void cancel() {
        running = null;
        cancelled++;
      }
    }
  }
}
