package io.varve.query;

import io.varve.model.ColumnType.Kind;

/**
 * How a bucket of rows is written in SQL, the same on every tier. Rows are grouped by a
 * <em>key</em>, from which the bucket's start follows: to group by local times and to make moments
 * of them afterwards is cheaper than to make one for every row. Everything but the times themselves
 * is written as literals, which lets the server work out constants before it reads a row.
 */
sealed interface BucketTime
    permits BucketTimes.Units, BucketTimes.Fixed, BucketTimes.Local, BucketTimes.ZonedFixed {

  /** The key of the bucket that holds a time of the column's type. */
  String key(String time);

  /** The first time of a bucket, of the column's type. */
  String start(String key);

  /** The first time after a bucket, of the column's type. */
  String end(String key);

  /**
   * A query of the keys of all buckets that hold a time from the first to before the second, both
   * of the column's type.
   */
  String slots(String from, String to);

  /** How the keys of a time column are made. */
  static BucketTime of(String timeBucket, Kind time, BucketRules rules) {
    return BucketTimes.of(timeBucket, time, rules);
  }
}
