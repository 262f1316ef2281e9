package io.varve.query;

import io.varve.query.NamedText.Occurrence;
import java.sql.Types;
import org.jspecify.annotations.Nullable;

/**
 * A value for a parameter, as PostgreSQL reads it, whatever the session's settings.
 *
 * <p>Text is sent without a type, as a string in SQL has none, so that it can be compared with an
 * enum or a uuid. Everything else has the type of its Java class: without it, {@code :time -
 * interval '1 day'} would be taken for an interval.
 *
 * @param type the type's name; null where the server is to find it out
 * @param text null for SQL's null
 * @param array whether it is an array
 */
record Argument(@Nullable String type, @Nullable String text, boolean array) {

  /** What is bound in a place. */
  Bind at(Occurrence place) {
    if (type != null && text != null) {
      return Bind.typed(type, text);
    }
    return new Bind(text, place.tested() ? Types.VARCHAR : Types.OTHER);
  }
}
