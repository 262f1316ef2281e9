package io.varve.model;

import java.util.Objects;

/**
 * A JSON document as text: the value of a {@code jsonb} column. A plain {@code String} is a {@code
 * text} column.
 *
 * <p>The server checks the text and keeps the document, not its spelling: what is read back may
 * differ in white space and in the order of keys.
 *
 * @param text the document
 */
public record Json(String text) {

  public Json {
    Objects.requireNonNull(text, "text");
  }

  @Override
  public String toString() {
    return text;
  }
}
