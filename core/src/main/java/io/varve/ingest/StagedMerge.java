package io.varve.ingest;

import io.varve.VarveException;
import io.varve.ingest.BatchTransaction.Batch;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Takes the rows of the stage into the table: by one statement, or, where that is refused, by
 * halving until each refused row stands alone. Not thread-safe.
 *
 * <p>Before halving, the rows are put into the order of their keys once, so that a range is read by
 * an index, ranges follow the order in which every writer takes keys, and of rows with the same key
 * the last one counts whatever range it is in. Where that one is refused, the one before it counts.
 */
final class StagedMerge<T> {

  /** Beyond so many rows a call that fails is not kept waiting for the row's name. */
  private static final long MOST_TO_LOCATE = 1_000_000;

  private static final String LINE =
      """
      SELECT "varve line",
             lead("varve earlier", 1, 0::bigint) OVER (ORDER BY "varve place") > "varve earlier"
        FROM %s WHERE "varve place" BETWEEN ? AND ? + 1 ORDER BY "varve place"
      """
          .formatted(Merge.SORTED);

  private final Batch<T> batch;
  private final Merge merge;
  private final KeyOrder key;
  private final RowErrors errors;
  private final StagedRows<T> rows;
  private final String target;
  private long keys;
  private long refusedKeys;

  /**
   * @param target the table, or the chunk that all the rows belong to
   */
  StagedMerge(Batch<T> batch, Merge merge, RowErrors errors, StagedRows<T> rows, String target) {
    this.batch = batch;
    this.merge = merge;
    this.key = batch.format().key();
    this.errors = errors;
    this.rows = rows;
    this.target = target;
  }

  /**
   * Returns how many rows were stored.
   *
   * @param repeats whether rows may have the same key
   */
  long run(boolean repeats) throws SQLException {
    try {
      return repeats && isCounted() ? mergeSorted() : mergeAll(repeats);
    } catch (SQLException e) {
      requireRefusal(e);
      if (batch.refusals().isolating()) {
        return mergeInParts();
      }
      throw located(e);
    }
  }

  /** Whether a trigger may leave out rows that would otherwise be stored. */
  private boolean isCounted() {
    return merge.replaces() && batch.format().table().triggers().discards();
  }

  private long mergeAll(boolean repeats) throws SQLException {
    long stored = execute(batch.savepoint().ahead() + merge.fromStage(key, target, repeats));
    batch.savepoint().passed();
    return repeats ? stored : checked(stored, rows.count());
  }

  private long mergeSorted() throws SQLException {
    sort();
    return checked(store(merge.fromSorted(target), 1, rows.count()), keys);
  }

  private long mergeInParts() throws SQLException {
    if (keys == 0) {
      sort();
    }
    long stored = rows.count() == 1 ? merge(1, 1) : halve(1, rows.count());
    return checked(stored, keys - refusedKeys);
  }

  /** The failure of the one row, if it can be found; the transaction has failed in any case. */
  private VarveException located(SQLException refused) {
    if (rows.count() <= MOST_TO_LOCATE) {
      try {
        mergeInParts();
      } catch (Located e) {
        return errors.translate(e.refused, e.row);
      } catch (SQLException e) {
        refused.addSuppressed(e);
      }
    }
    return errors.translate(refused);
  }

  /** Ends the search for the row of a call that fails. */
  private static final class Located extends SQLException {
    private static final long serialVersionUID = 1L;
    private final transient SQLException refused;
    private final long row;

    Located(SQLException refused, long row) {
      super(refused);
      this.refused = refused;
      this.row = row;
    }
  }

  private void sort() throws SQLException {
    batch.savepoint().mend();
    try (Statement statement = batch.connection().createStatement()) {
      statement.execute(merge.sort(key));
      while (statement.getResultSet() == null) {
        statement.getMoreResults();
      }
      try (ResultSet count = statement.getResultSet()) {
        count.next();
        keys = count.getLong(1);
      }
    }
    batch.savepoint().passed();
  }

  private long halve(long first, long last) throws SQLException {
    long middle = (first + last) >>> 1;
    return merge(first, middle) + merge(middle + 1, last);
  }

  /** Takes the rows of these places over; both ends belong to them. */
  private long merge(long first, long last) throws SQLException {
    try {
      return store(merge.fromSorted(target), first, last);
    } catch (SQLException e) {
      requireRefusal(e);
      return first == last ? mergeEarlier(first, e) : halve(first, last);
    }
  }

  /** Puts the row of that place aside, and takes the one before it with the same key. */
  private long mergeEarlier(long place, SQLException refused) throws SQLException {
    SQLException e = refused;
    for (long at = place; putAside(at, e); at++) {
      try {
        return store(merge.oneFromSorted(target), at + 1);
      } catch (SQLException next) {
        requireRefusal(next);
        e = next;
      }
    }
    refusedKeys++;
    return 0;
  }

  /** Whether the next place has an earlier row with the same key. */
  private boolean putAside(long place, SQLException e) throws SQLException {
    batch.savepoint().mend();
    try (PreparedStatement statement = batch.connection().prepareStatement(LINE)) {
      statement.setLong(1, place);
      statement.setLong(2, place);
      try (ResultSet result = statement.executeQuery()) {
        result.next();
        long line = result.getLong(1);
        long index = rows.index(line);
        if (!batch.refusals().isolating()) {
          throw new Located(e, index);
        }
        batch.refusals().add(rows.row(line), errors.failure(index, e, StageLoad.TARGET));
        return result.getBoolean(2);
      }
    }
  }

  private void requireRefusal(SQLException e) throws SQLException {
    if (!errors.isRefusal(e) || e instanceof Located) {
      throw e;
    }
    batch.savepoint().broken();
  }

  private long checked(long stored, long expected) {
    if (merge.replaces() && stored != expected) {
      throw errors.discarded(expected, stored);
    }
    return stored;
  }

  private long store(String sql, long... places) throws SQLException {
    Connection connection = batch.connection();
    batch.savepoint().ready();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < places.length; i++) {
        statement.setLong(i + 1, places[i]);
      }
      long stored = statement.executeLargeUpdate();
      batch.savepoint().passed();
      return stored;
    }
  }

  /** The count of the last of several statements. */
  private long execute(String sql) throws SQLException {
    try (Statement statement = batch.connection().createStatement()) {
      statement.execute(sql);
      long count = statement.getLargeUpdateCount();
      for (long next = count; next >= 0; next = statement.getLargeUpdateCount()) {
        count = next;
        statement.getMoreResults();
      }
      return count;
    }
  }
}
