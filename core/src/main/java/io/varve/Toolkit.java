package io.varve;

/**
 * The SQL toolkit in the database: the schemas {@code varve} and {@code varve_internal}, installed
 * and upgraded by numbered migrations. Thread-safe. See {@code Varve.toolkit()}.
 *
 * <p>The toolkit only grows: a later version keeps what earlier ones promised. So a database that
 * was upgraded by a newer Varve is left as it is, and used.
 */
public interface Toolkit {

  /**
   * What is installed and what this Varve brings.
   *
   * @param installed the version in the database, 0 where nothing is installed; greater than {@code
   *     available} where a newer Varve was there
   * @param available the version this Varve brings for this kind of server
   */
  record Status(int installed, int available) {
    public boolean isCurrent() {
      return installed == available;
    }
  }

  /** What is installed; installed is 0 where nothing is. Asks the catalogue and one small table. */
  Status status();

  /**
   * Brings the schemas up to this Varve's version; safe when many processes do it at once, and
   * cheap when nothing is to do. Returns how many migrations ran.
   *
   * @throws AccessException if the schemas belong to another role, or this one may not create them
   */
  int install();
}
