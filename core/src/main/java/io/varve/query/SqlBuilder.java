package io.varve.query;

import io.varve.jdbc.Identifiers;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Writes a statement from left to right. Not thread-safe. */
final class SqlBuilder {

  private final StringBuilder text = new StringBuilder();
  private final List<Bind> binds = new ArrayList<>();

  /** Text that is SQL already. */
  SqlBuilder sql(String sql) {
    text.append(sql);
    return this;
  }

  /** A name, quoted. */
  SqlBuilder name(String name) {
    return sql(Identifiers.quote(name));
  }

  /** A value. */
  SqlBuilder bind(Bind bind) {
    binds.add(bind);
    return sql("?");
  }

  /** Each element written by the writer, with the separator between them. */
  <E> SqlBuilder each(List<E> elements, String separator, Consumer<E> writer) {
    String before = "";
    for (E element : elements) {
      sql(before);
      writer.accept(element);
      before = separator;
    }
    return this;
  }

  /** A piece of another statement with its values. */
  SqlBuilder add(Sql piece) {
    text.append(piece.text());
    binds.addAll(piece.binds());
    return this;
  }

  Sql build() {
    return new Sql(text.toString(), binds);
  }
}
