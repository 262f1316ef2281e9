package io.varve.query;

import io.varve.MappingException;
import io.varve.model.Row;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A {@link NamedSql} with the values it has so far. */
final class BoundSql implements NamedSql {

  private final Reads reads;
  private final NamedText text;
  private final Map<String, Argument> arguments;

  BoundSql(Reads reads, NamedText text, Map<String, Argument> arguments) {
    this.reads = reads;
    this.text = text;
    this.arguments = Map.copyOf(arguments);
  }

  @Override
  public NamedSql bind(String name, @Nullable Object value) {
    String subject = "%s, :%s".formatted(text.task(), Objects.requireNonNull(name, "name"));
    if (!text.names().contains(name)) {
      throw new MappingException(
          "%s: the statement has no such parameter; %s".formatted(subject, expectedNames()));
    }
    if (arguments.containsKey(name)) {
      throw new MappingException(
          subject + ": it has a value already; expected one bind(name, value) for each parameter");
    }
    Argument argument = new ArgumentReader(subject).read(value);
    if (argument.array() && text.occurrences(name).stream().anyMatch(place -> place.inList())) {
      throw new MappingException(
          "%s: IN (:%s) takes no array; expected = ANY(:%s), or <> ALL(:%s) for NOT IN"
              .formatted(subject, name, name, name));
    }
    Map<String, Argument> all = new HashMap<>(arguments);
    all.put(name, argument);
    return new BoundSql(reads, text, all);
  }

  private String expectedNames() {
    return text.names().isEmpty()
        ? "expected none, because it has no parameters"
        : "expected one of " + NamedText.colons(text.names());
  }

  @Override
  public List<Row> list() {
    return answer(AnswerShape.rows(text.task()), 0);
  }

  @Override
  public <R extends Record> List<R> list(Class<R> record) {
    return answer(AnswerShape.records(text.task(), record), 0);
  }

  @Override
  public Optional<Row> first() {
    return answer(AnswerShape.rows(text.task()), 1).stream().findFirst();
  }

  @Override
  public <R extends Record> Optional<R> first(Class<R> record) {
    return answer(AnswerShape.records(text.task(), record), 1).stream().findFirst();
  }

  private <R> List<R> answer(RowShape<R> shape, int atMost) {
    if (!text.isAnswering()) {
      throw new MappingException(
          text.task() + ": the statement has no answer; expected execute(), or RETURNING");
    }
    Sql sql = text.with(arguments);
    Optional<List<R>> answer =
        text.isReturning()
            ? reads.written(text.task(), sql, shape, atMost)
            : reads.answer(text.task(), sql, shape, atMost);
    return answer.orElseThrow(
        () ->
            new MappingException(
                text.task() + ": the statement has run and has no answer; expected execute()"));
  }

  @Override
  public Stream<Row> stream() {
    return stream(AnswerShape.rows(text.task()));
  }

  @Override
  public <R extends Record> Stream<R> stream(Class<R> record) {
    return stream(AnswerShape.records(text.task(), record));
  }

  private <R> Stream<R> stream(RowShape<R> shape) {
    if (!text.isReading()) {
      throw new MappingException(
          text.task() + ": a stream only reads; expected a SELECT, or list() or execute()");
    }
    return reads.stream(text.task(), text.with(arguments), shape);
  }

  @Override
  public <V extends @Nullable Object> V useStream(
      Function<? super Stream<Row>, ? extends V> consumer) {
    try (Stream<Row> rows = stream()) {
      return consumer.apply(rows);
    }
  }

  @Override
  public <R extends Record, V extends @Nullable Object> V useStream(
      Class<R> record, Function<? super Stream<R>, ? extends V> consumer) {
    try (Stream<R> rows = stream(record)) {
      return consumer.apply(rows);
    }
  }

  @Override
  public long execute() {
    return reads.execute(text.task(), text.with(arguments));
  }
}
