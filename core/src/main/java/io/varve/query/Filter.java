package io.varve.query;

import io.varve.model.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * A selection's range and conditions as SQL. The bounds are on the bare time column and bound as
 * values of its type, so that chunks outside the range are never opened.
 */
final class Filter {

  private final List<Sql> conditions = new ArrayList<>();

  Filter(Selection<?> selection) {
    Table<?> table = selection.table();
    String time = table.time().name();
    var kind = table.time().type().kind();
    add(selection.instants(), time, instant -> Bind.untyped(TimeLiteral.bound(kind, instant)));
    add(selection.units(), time, Bind::bigint);
    selection.conditions().forEach(condition -> conditions.add(condition.sql()));
  }

  private <C extends Comparable<C>> void add(Range<C> range, String time, Function<C, Bind> bound) {
    C from = range.from();
    C to = range.to();
    if (from != null) {
      conditions.add(bound(time, " >= ", bound.apply(from)));
    }
    if (to != null) {
      conditions.add(bound(time, " < ", bound.apply(to)));
    }
  }

  private static Sql bound(String time, String operator, Bind bound) {
    return new SqlBuilder().name(time).sql(operator).bind(bound).build();
  }

  /** Writes a whole WHERE clause, or nothing. */
  void where(SqlBuilder sql) {
    write(sql, " WHERE ");
  }

  /** Writes what follows the first condition of a WHERE clause. */
  void and(SqlBuilder sql) {
    write(sql, " AND ");
  }

  private void write(SqlBuilder sql, String first) {
    String before = first;
    for (Sql condition : conditions) {
      sql.sql(before).add(condition);
      before = " AND ";
    }
  }
}
