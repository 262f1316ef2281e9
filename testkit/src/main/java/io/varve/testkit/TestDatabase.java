package io.varve.testkit;

import io.varve.Varve;
import java.sql.Connection;

/**
 * A fresh, empty database for one test class, dropped afterwards. Ask for it as a parameter of a
 * test method or constructor of a class annotated with
 * {@code @ExtendWith(DatabaseExtension.class)}.
 *
 * <p>The server is the one named by the system property {@code varve.test.server}: {@code
 * embedded:18} (default), {@code embedded:15}, or a JDBC URL with a user that may create databases;
 * or by the environment variable {@code VARVE_TEST_URL}.
 */
public interface TestDatabase {

  /** JDBC URL of this database, without credentials. */
  String url();

  String user();

  String password();

  /** A new Varve on this database; the caller closes it. */
  Varve connect();

  /** A new plain connection; the caller closes it. */
  Connection jdbc();
}
