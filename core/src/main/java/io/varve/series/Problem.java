package io.varve.series;

import io.varve.MappingException;
import org.jspecify.annotations.Nullable;

/**
 * Why a record is refused before it is sent.
 *
 * @param field the column at fault; null where there is no record
 * @param message which value it has, and what was expected
 */
record Problem(@Nullable String field, String message) {

  MappingException exception() {
    return new MappingException(message, null, null, field);
  }
}
