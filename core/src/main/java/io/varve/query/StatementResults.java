package io.varve.query;

import io.varve.model.ColumnType;
import io.varve.model.RecordRows;
import io.varve.model.Row;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Results of one statement. */
interface StatementResults extends Results {

  /** What it is sent with. */
  Reads reads();

  /** What is being done, for messages. */
  String task();

  /** The statement; refuses a query that is not complete. */
  Sql sql();

  @Override
  default List<Row> list() {
    return reads().all(task(), sql(), rows());
  }

  @Override
  default <R extends Record> List<R> list(Class<R> record) {
    return reads()
        .all(task(), sql(), reader(RecordRows.of(record).maker(task(), names(), types())));
  }

  @Override
  default List<Map<String, @Nullable Object>> maps() {
    return list().stream().map(Row::asMap).toList();
  }

  @Override
  default Columns arrays() {
    List<ResultColumn> columns = columns();
    List<ColumnBuffer> buffers =
        columns.stream().map(column -> new ColumnBuffer(column.type())).toList();
    int size =
        reads()
            .each(
                task(),
                sql(),
                reader(values -> values),
                values -> {
                  for (int i = 0; i < values.length; i++) {
                    buffers.get(i).add(values[i]);
                  }
                });
    return new Columns(columns, size, buffers.stream().map(ColumnBuffer::trimmed).toList());
  }

  @Override
  default Stream<Row> stream() {
    return reads().stream(task(), sql(), rows());
  }

  @Override
  default <R extends @Nullable Object> R useStream(
      Function<? super Stream<Row>, ? extends R> consumer) {
    try (Stream<Row> rows = stream()) {
      return consumer.apply(rows);
    }
  }

  @Override
  default Flow.Publisher<Row> publisher(Executor executor) {
    Objects.requireNonNull(executor, "executor");
    Sql sql = sql();
    return new RowPublisher<>(() -> reads().unopened(task(), sql, rows()), executor);
  }

  @Override
  default Explanation explain() {
    return reads().explain(task(), sql());
  }

  private RowReader<Row> rows() {
    List<String> names = names();
    return reader(values -> new Row(names, values));
  }

  private <R> RowReader<R> reader(Function<@Nullable Object[], R> maker) {
    return new RowReader<>(task(), names(), types(), maker);
  }

  private List<String> names() {
    return List.copyOf(columns().stream().map(ResultColumn::name).toList());
  }

  private List<ColumnType> types() {
    return columns().stream().map(ResultColumn::type).toList();
  }
}
