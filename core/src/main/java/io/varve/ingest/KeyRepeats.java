package io.varve.ingest;

import io.varve.model.Column;
import io.varve.model.ColumnType.Kind;
import io.varve.model.Table;
import io.varve.schema.StoredType;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Whether two rows of a load may have the same key. It remembers a hash of each key, so it never
 * says no where there is a repetition, and hardly ever yes where there is none. After some millions
 * of keys it stops looking. Not thread-safe.
 */
final class KeyRepeats<T> {

  private static final int FIRST_CAPACITY = 1 << 12;
  private static final int LAST_CAPACITY = 1 << 23;

  /** Texts that are equal only if their bytes are: text, varchar(n), name. */
  private static final Set<Integer> EXACT_TEXT = Set.of(25, 1043, 19);

  private final RowCodec<T> codec;
  private final int[] key;
  private final CopyBuffer bytes = new CopyBuffer(128);
  private long[] hashes = new long[FIRST_CAPACITY];
  private int count;
  private boolean possible;

  KeyRepeats(Table<T> table, TableFormat.Format<T> format) {
    List<String> names = table.columns().stream().<String>map(Column::name).toList();
    this.codec = format.codec();
    this.key = table.key().stream().mapToInt(names::indexOf).toArray();
    this.possible =
        !Arrays.stream(key).allMatch(i -> isExact(table.columns().get(i), format.types().get(i)));
  }

  /** Whether values of the column are equal only if they are encoded alike. */
  private static boolean isExact(Column<?, ?> column, StoredType type) {
    Kind kind = column.type().kind();
    return !column.type().array()
        && switch (kind) {
          case BOOLEAN, SMALLINT, INTEGER, BIGINT, UUID, BYTEA, TIMESTAMPTZ, TIMESTAMP, DATE ->
              true;
          case TEXT -> EXACT_TEXT.contains(type.oid());
          case REAL, DOUBLE, NUMERIC, JSONB -> false;
        };
  }

  void add(T row) {
    if (possible) {
      return;
    }
    bytes.truncate(0);
    codec.encode(row, key, bytes);
    long hash = bytes.hash();
    possible = !insert(hash == 0 ? 1 : hash);
    if (!possible && ++count > hashes.length / 2) {
      grow();
    }
  }

  boolean mayBe() {
    return possible;
  }

  /** Whether it was not there; zero stands for nothing. */
  private boolean insert(long hash) {
    int mask = hashes.length - 1;
    int at = (int) hash & mask;
    while (hashes[at] != 0) {
      if (hashes[at] == hash) {
        return false;
      }
      at = at + 1 & mask;
    }
    hashes[at] = hash;
    return true;
  }

  private void grow() {
    if (hashes.length == LAST_CAPACITY) {
      possible = true;
      hashes = new long[0];
      return;
    }
    long[] before = hashes;
    hashes = new long[2 * before.length];
    for (long hash : before) {
      if (hash != 0) {
        insert(hash);
      }
    }
  }
}
