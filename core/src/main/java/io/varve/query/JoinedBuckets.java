package io.varve.query;

import io.varve.model.Row;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Two bucketed queries side by side, in one statement. */
final class JoinedBuckets implements JoinedQuery, StatementResults {

  /** Which rows there are. */
  enum Kind {
    /** What both have. */
    INNER,
    /** What either has. */
    FULL
  }

  private final Reads reads;
  private final TableBucketQuery left;
  private final TableBucketQuery right;
  private final Kind kind;
  private final OptionalLong limit;

  private JoinedBuckets(
      Reads reads, TableBucketQuery left, TableBucketQuery right, Kind kind, OptionalLong limit) {
    this.reads = reads;
    this.left = left;
    this.right = right;
    this.kind = kind;
    this.limit = limit;
  }

  static JoinedBuckets of(Reads reads, TableBucketQuery left, TableBucketQuery right, Kind kind) {
    requireSameKeys(left, right);
    JoinedBuckets joined = new JoinedBuckets(reads, left, right, kind, OptionalLong.empty());
    Set<String> seen = new HashSet<>();
    for (ResultColumn column : joined.columns()) {
      if (!seen.add(column.name())) {
        throw new IllegalArgumentException(
            "both sides of the join have a column \"%s\"; expected different names: as(…)"
                .formatted(column.name()));
      }
    }
    return joined;
  }

  private static void requireSameKeys(TableBucketQuery left, TableBucketQuery right) {
    List<String> expected = types(left);
    List<String> found = types(right);
    if (!expected.equals(found)) {
      throw new IllegalArgumentException(
          "%s is joined with %s: buckets and groups are of the types %s and %s; expected the same"
              .formatted(left.task(), right.task(), expected, found));
    }
    left.width().ifPresent(one -> requireSameWidth(left, one, right, right.width().orElseThrow()));
  }

  private static void requireSameWidth(
      TableBucketQuery left, BucketWidth one, TableBucketQuery right, BucketWidth other) {
    if (!one.isAsWideAs(other)) {
      throw new IllegalArgumentException(
          "%s is joined with %s: buckets are of %s and %s; expected the same width"
              .formatted(left.task(), right.task(), one, other));
    }
  }

  private static List<String> types(TableBucketQuery query) {
    List<String> types = new ArrayList<>();
    query.keys().forEach(column -> types.add(column.type().plain().sql()));
    if (query.hasBuckets()) {
      types.set(0, "bucket of " + types.get(0));
    }
    return types;
  }

  @Override
  public JoinedQuery limit(long rows) {
    return new JoinedBuckets(reads, left, right, kind, Selection.smaller(limit, rows));
  }

  @Override
  public Optional<Row> first() {
    return limit(1).list().stream().findFirst();
  }

  @Override
  public List<ResultColumn> columns() {
    List<ResultColumn> columns = new ArrayList<>(left.columns());
    columns.addAll(right.columns().subList(keys(), right.columns().size()));
    return List.copyOf(columns);
  }

  private int keys() {
    return left.keys().size();
  }

  @Override
  public Reads reads() {
    return reads;
  }

  @Override
  public String task() {
    return left.task() + " beside " + right.task();
  }

  @Override
  public Sql sql() {
    SqlBuilder sql = new SqlBuilder();
    sql.sql("WITH l AS (").add(left.sql()).sql("), r AS (").add(right.sql()).sql(") SELECT ");
    List<String> names = new ArrayList<>(names(kind == Kind.INNER ? "l" : "keys", 1, keys()));
    names.addAll(names("l", keys() + 1, left.columns().size()));
    names.addAll(names("r", keys() + 1, right.columns().size()));
    sql.sql(String.join(", ", names)).sql(rows());
    if (keys() > 0) {
      sql.sql(" ORDER BY ")
          .sql(
              IntStream.rangeClosed(1, keys())
                  .mapToObj(String::valueOf)
                  .collect(Collectors.joining(", ")));
    }
    RowSql.limit(sql, limit);
    return sql.build();
  }

  private String rows() {
    if (kind == Kind.INNER) {
      return " FROM l JOIN r ON " + same("l", "r");
    }
    if (keys() == 0) {
      return " FROM l FULL JOIN r ON true";
    }
    return " FROM (SELECT %s FROM l UNION SELECT %s FROM r) AS keys LEFT JOIN l ON %s LEFT JOIN r ON %s"
        .formatted(
            String.join(", ", names("l", 1, keys())),
            String.join(", ", names("r", 1, keys())),
            same("keys", "l"),
            same("keys", "r"));
  }

  private static List<String> names(String qualifier, int from, int to) {
    return IntStream.rangeClosed(from, to).mapToObj(number -> qualifier + ".c" + number).toList();
  }

  /** Groups may be null; buckets, and rows without any, are not. */
  private String same(String one, String other) {
    boolean buckets = left.hasBuckets();
    List<String> terms = new ArrayList<>(List.of("true"));
    for (int number = 1; number <= keys(); number++) {
      String operator = buckets && number == 1 ? "=" : "IS NOT DISTINCT FROM";
      terms.add("%s.c%s %s %s.c%s".formatted(one, number, operator, other, number));
    }
    return String.join(" AND ", terms);
  }
}
