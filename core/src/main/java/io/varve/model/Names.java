package io.varve.model;

import java.util.Locale;
import java.util.regex.Pattern;

/** Java's spelling of a name in SQL's. */
final class Names {

  /** Between a word and the next capital, and before the last capital of an acronym. */
  private static final Pattern BOUNDARY =
      Pattern.compile("(?<=[\\p{Ll}\\p{Nd}])(?=\\p{Lu})|(?<=\\p{Lu})(?=\\p{Lu}\\p{Ll})");

  private Names() {}

  /** {@code deviceId} becomes {@code device_id}, {@code HTTPStatus} {@code http_status}. */
  static String snakeCase(String name) {
    return BOUNDARY.matcher(name).replaceAll("_").toLowerCase(Locale.ROOT);
  }
}
