package io.varve.schema;

import io.varve.backend.Backend;
import io.varve.jdbc.Database;
import io.varve.jdbc.QualifiedName;
import io.varve.jdbc.Toolkit;
import io.varve.model.Chunk;
import io.varve.model.Row;
import io.varve.model.Table;
import java.util.List;

/** Internal: the one implementation of {@link Schema}. */
public final class DefaultSchema implements Schema {

  public DefaultSchema(Database database, Backend backend, Toolkit toolkit) {}

  @Override
  public boolean create(Table<?> table) {
    throw new UnsupportedOperationException("owner: backend");
  }

  @Override
  public Table<Row> inspect(QualifiedName name) {
    throw new UnsupportedOperationException("owner: backend");
  }

  @Override
  public boolean exists(QualifiedName name) {
    throw new UnsupportedOperationException("owner: backend");
  }

  @Override
  public List<HypertableInfo> hypertables() {
    throw new UnsupportedOperationException("owner: backend");
  }

  @Override
  public List<Chunk> chunks(QualifiedName name) {
    throw new UnsupportedOperationException("owner: backend");
  }

  @Override
  public int createChunks(QualifiedName name, long from, long to) {
    throw new UnsupportedOperationException("owner: backend");
  }

  @Override
  public void drop(QualifiedName name) {
    throw new UnsupportedOperationException("owner: backend");
  }
}
