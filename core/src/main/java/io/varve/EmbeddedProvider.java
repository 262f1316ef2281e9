package io.varve;

import java.nio.file.Path;

/**
 * Starts the durable local PostgreSQL behind {@link Varve#embedded}. Found with {@link
 * java.util.ServiceLoader}; the module {@code varve-embedded} brings the one implementation.
 */
public interface EmbeddedProvider {

  /**
   * Joins the server of that directory, starting (and on first use creating) it if it is not
   * running.
   */
  Server start(Path directory);

  /** A running server this process uses; closing it stops the server if nobody else uses it. */
  interface Server extends AutoCloseable {
    /** JDBC URL without credentials. */
    String url();

    String user();

    String password();

    @Override
    void close();
  }
}
