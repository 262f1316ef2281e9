package io.varve.backend;

import io.varve.Capabilities;
import io.varve.jdbc.QualifiedName;
import io.varve.model.Chunk;
import io.varve.model.Table;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** TimescaleDB, either edition: hypertables are its own. */
final class TimescaleBackend implements Backend {

  private final Capabilities capabilities;

  TimescaleBackend(Capabilities capabilities) {
    this.capabilities = capabilities;
  }

  @Override
  public Capabilities capabilities() {
    return capabilities;
  }

  @Override
  public void createHypertable(Connection connection, Table<?> table) throws SQLException {
    throw new UnsupportedOperationException("owner: backend");
  }

  @Override
  public Optional<HypertableInfoRow> hypertable(Connection connection, QualifiedName name)
      throws SQLException {
    throw new UnsupportedOperationException("owner: backend");
  }

  @Override
  public List<QualifiedName> hypertables(Connection connection) throws SQLException {
    throw new UnsupportedOperationException("owner: backend");
  }

  @Override
  public List<Chunk> chunks(Connection connection, QualifiedName name) throws SQLException {
    throw new UnsupportedOperationException("owner: backend");
  }

  @Override
  public boolean writesToChunks() {
    throw new UnsupportedOperationException("owner: backend");
  }

  @Override
  public Optional<ChunkTarget> openChunk(Connection connection, QualifiedName name, long time)
      throws SQLException {
    throw new UnsupportedOperationException("owner: backend");
  }

  @Override
  public void createChunk(Connection connection, QualifiedName name, long time)
      throws SQLException {
    throw new UnsupportedOperationException("owner: backend");
  }

  @Override
  public String function(String name) {
    throw new UnsupportedOperationException("owner: backend");
  }
}
