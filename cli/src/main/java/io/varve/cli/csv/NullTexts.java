package io.varve.cli.csv;

import java.util.Set;

/**
 * Which fields mean null: an empty one, and by default {@code NULL} and {@code \N}; never one in
 * quotes.
 */
public record NullTexts(Set<String> texts) {

  public NullTexts {
    texts = Set.copyOf(texts);
  }

  public static NullTexts byDefault() {
    return new NullTexts(Set.of("NULL", "\\N"));
  }

  boolean isNull(String field) {
    return field.isEmpty() || texts.contains(field);
  }
}
