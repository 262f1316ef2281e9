package io.varve.backend;

import io.varve.backend.Backend.HypertableInfoRow;
import io.varve.model.Chunk;
import io.varve.model.Column;
import io.varve.model.HypertableInfo;
import io.varve.model.QualifiedName;
import io.varve.model.Table;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** What both kinds of back end read and write alike; the statements are theirs. */
final class Rows {

  private Rows() {}

  /** From columns time column, chunk interval. */
  static Optional<HypertableInfoRow> hypertable(PreparedStatement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery()) {
      return row.next()
          ? Optional.of(new HypertableInfoRow(row.getString(1), row.getLong(2)))
          : Optional.empty();
    }
  }

  /** From columns schema, name, time column, chunks, rows, bytes. */
  static List<HypertableInfo> hypertables(PreparedStatement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery()) {
      List<HypertableInfo> hypertables = new ArrayList<>();
      while (row.next()) {
        hypertables.add(
            new HypertableInfo(
                new QualifiedName(row.getString(1), row.getString(2)),
                row.getString(3),
                row.getLong(4),
                row.getLong(5),
                row.getLong(6)));
      }
      return hypertables;
    }
  }

  /** From columns schema, name, type of the time, start, end, rows, bytes. */
  static List<Chunk> chunks(PreparedStatement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery()) {
      List<Chunk> chunks = new ArrayList<>();
      while (row.next()) {
        TimeText text = TimeText.of(row.getString(3));
        chunks.add(
            new Chunk(
                new QualifiedName(row.getString(1), row.getString(2)),
                row.getLong(4),
                row.getLong(5),
                text.of(row.getLong(4)),
                text.of(row.getLong(5)),
                row.getLong(6),
                row.getLong(7)));
      }
      return chunks;
    }
  }

  /** The number in the only row, if there is one. */
  static OptionalLong number(PreparedStatement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery()) {
      return row.next() ? OptionalLong.of(row.getLong(1)) : OptionalLong.empty();
    }
  }

  /** Registers a table by the function of that name in {@code varve_internal}. */
  static void register(Connection connection, Table<?> table, String function) throws SQLException {
    String sql = "SELECT varve_internal.%s(?::regclass, ?, ?::name[])".formatted(function);
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, table.name().sql());
      statement.setLong(2, table.chunk().units());
      statement.setArray(
          3,
          connection.createArrayOf(
              "text", table.dimensions().stream().map(Column::name).toArray()));
      statement.execute();
    }
  }
}
