package io.varve.jdbc;

import java.sql.SQLException;

/** A step that may fail with an {@link SQLException}. */
@FunctionalInterface
public interface SqlFunction<A, R> {
  R apply(A argument) throws SQLException;
}
