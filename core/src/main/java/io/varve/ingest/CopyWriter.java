package io.varve.ingest;

import io.varve.backend.Backend;
import io.varve.jdbc.Database;
import io.varve.model.Table;
import java.util.Iterator;

/** Internal: writes by hand-packed binary COPY. */
public final class CopyWriter<T> implements TableWriter<T> {

  public CopyWriter(Database database, Backend backend, Table<T> table) {}

  @Override
  public WriteResult insert(T row) {
    throw new UnsupportedOperationException("owner: ingest");
  }

  @Override
  public WriteResult insertAll(Iterable<? extends T> rows) {
    throw new UnsupportedOperationException("owner: ingest");
  }

  @Override
  public WriteResult insertAll(Iterator<? extends T> rows) {
    throw new UnsupportedOperationException("owner: ingest");
  }
}
