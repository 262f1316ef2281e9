package io.varve.embedded;

import io.varve.ConfigException;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * A path PostgreSQL's own programs can work with: {@code initdb} and {@code pg_ctl} write it
 * between double quotes into a line for the shell, where a few characters would mean something
 * else.
 */
final class PlainPath {

  private static final Pattern SPECIAL = Pattern.compile("[\"$`\\\\\\p{Cntrl}]");

  private PlainPath() {}

  /** The path, absolute and normal. */
  static Path require(Path path) {
    Path plain = path.toAbsolutePath().normalize();
    if (SPECIAL.matcher(plain.toString()).find()) {
      throw new ConfigException(
          "directory %s cannot be used: expected a path without \", $, `, \\ or control characters"
              .formatted(plain));
    }
    return plain;
  }
}
