package io.varve.testkit.contract;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What an answer should be.
 *
 * @param keys how many of the columns, from the first one, name a row
 * @param rows all of them in their order, before the limit
 * @param order by which columns they are ordered; where those are equal, any order will do
 */
record NaiveAnswer(
    List<NaiveColumn> columns,
    int keys,
    List<List<@Nullable Object>> rows,
    List<Order> order,
    long limit) {

  /** Nulls come last in either direction. */
  record Order(int column, boolean descending) {}

  static Comparator<List<@Nullable Object>> comparator(List<Order> order) {
    return (left, right) -> {
      for (Order each : order) {
        int result = compare(each, left.get(each.column()), right.get(each.column()));
        if (result != 0) {
          return result;
        }
      }
      return 0;
    };
  }

  private static int compare(Order order, @Nullable Object left, @Nullable Object right) {
    int ascending = NaiveValues.ORDER.compare(left, right);
    return order.descending() && left != null && right != null ? -ascending : ascending;
  }

  List<List<@Nullable Object>> limited() {
    return rows.stream().limit(limit).toList();
  }

  /** What is wrong with an answer. */
  Optional<String> difference(List<List<@Nullable Object>> found) {
    List<List<@Nullable Object>> expected = limited();
    if (found.size() != expected.size()) {
      return Optional.of(found.size() + " rows instead of " + expected.size());
    }
    TreeMap<List<@Nullable Object>, List<@Nullable Object>> byKey =
        new TreeMap<>(NaiveValues.LISTS);
    rows.forEach(row -> byKey.put(row.subList(0, keys), row));
    return IntStream.range(0, found.size())
        .mapToObj(it -> difference(it, found.get(it), expected.get(it), byKey))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private Optional<String> difference(
      int number,
      List<@Nullable Object> found,
      List<@Nullable Object> atThisPlace,
      TreeMap<List<@Nullable Object>, List<@Nullable Object>> byKey) {
    List<@Nullable Object> expected = byKey.remove(found.subList(0, keys));
    if (expected == null) {
      return Optional.of("row %d, %s, should not be there".formatted(number, found));
    }
    for (int i = 0; i < columns.size(); i++) {
      if (!NaiveValues.same(found.get(i), expected.get(i), !columns.get(i).exact())) {
        return Optional.of(
            "row %d, %s: %s instead of %s in %s"
                .formatted(number, columns.get(i).name(), found.get(i), expected.get(i), found));
      }
    }
    return comparator(order).compare(expected, atThisPlace) == 0
        ? Optional.empty()
        : Optional.of("row %d is %s instead of %s".formatted(number, found, atThisPlace));
  }

  /** Rows of both side by side. */
  NaiveAnswer join(NaiveAnswer other, boolean full, long rowLimit) {
    TreeMap<List<@Nullable Object>, List<List<@Nullable Object>>> sides =
        new TreeMap<>(NaiveValues.LISTS);
    limited().forEach(row -> side(sides, row).set(0, row.subList(keys, row.size())));
    other.limited().forEach(row -> side(sides, row).set(1, row.subList(keys, row.size())));
    List<NaiveColumn> joined = new ArrayList<>(columns);
    joined.addAll(other.columns.subList(keys, other.columns.size()));
    List<List<@Nullable Object>> both = new ArrayList<>();
    sides.forEach(
        (key, row) -> {
          if (full || !row.get(0).isEmpty() && !row.get(1).isEmpty()) {
            List<@Nullable Object> all = new ArrayList<>(key);
            all.addAll(orNulls(row.get(0), columns.size() - keys));
            all.addAll(orNulls(row.get(1), other.columns.size() - keys));
            both.add(all);
          }
        });
    return new NaiveAnswer(joined, keys, both, ascending(keys), rowLimit);
  }

  private List<List<@Nullable Object>> side(
      TreeMap<List<@Nullable Object>, List<List<@Nullable Object>>> sides,
      List<@Nullable Object> row) {
    return sides.computeIfAbsent(
        row.subList(0, keys), it -> new ArrayList<>(List.of(List.of(), List.of())));
  }

  private static List<@Nullable Object> orNulls(List<@Nullable Object> row, int size) {
    List<@Nullable Object> all = new ArrayList<>(row);
    while (all.size() < size) {
      all.add(null);
    }
    return all;
  }

  static List<Order> ascending(int keys) {
    return IntStream.range(0, keys).mapToObj(it -> new Order(it, false)).toList();
  }
}
