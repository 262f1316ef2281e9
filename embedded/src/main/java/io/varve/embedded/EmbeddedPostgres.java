package io.varve.embedded;

import io.varve.EmbeddedProvider;
import java.nio.file.Path;

/**
 * The provider behind {@code Varve.embedded(directory)}: the PostgreSQL on the class path, kept
 * durably in the directory.
 *
 * <p>Every process that starts the same directory shares one server. It listens on 127.0.0.1 only,
 * on a free port found at each start, and lets in only who knows the random password kept in the
 * directory, which only its owner can read. Commits are on disk when they are acknowledged. The
 * last user to close stops it; users that died are not counted, whatever killed them. Stateless and
 * thread-safe.
 */
public final class EmbeddedPostgres implements EmbeddedProvider {

  /** For {@link java.util.ServiceLoader}. */
  public EmbeddedPostgres() {}

  /**
   * Joins the server of that directory, creating and starting it if need be. Returns once the
   * server accepts connections, crash recovery included.
   *
   * @param directory an empty or absent directory, or one this class made before; it must belong to
   *     the current user
   * @throws io.varve.ConfigException if the directory is not usable, holds the data of another
   *     major version of PostgreSQL, or if there is no PostgreSQL for this machine
   * @throws io.varve.CapacityException if the disk is full
   * @throws io.varve.DeadlineException if the server, or another process starting it, takes more
   *     than five minutes
   * @throws io.varve.ConnectionException if the directory is in use from another machine or
   *     container
   */
  @Override
  public Server start(Path directory) {
    return SharedServer.join(directory, PostgresBinaries.fromClassPath());
  }
}
