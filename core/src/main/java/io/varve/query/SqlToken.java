package io.varve.query;

/**
 * A piece of a statement's text.
 *
 * @param text as it is written
 */
record SqlToken(Kind kind, String text) {

  enum Kind {
    /** White space or a comment. */
    BLANK,
    /** A keyword or a name without quotes. */
    WORD,
    /** A string whose backslashes escape: {@code E'…'}, from its first quote. */
    ESCAPED,
    /** Any other string, between quotes or dollars. */
    STRING,
    /** A name in quotes. */
    QUOTED,
    NUMBER,
    /** A colon and a name. */
    PARAMETER,
    /** Anything else: one character, or {@code ::} and {@code :=}. */
    SYMBOL
  }

  boolean isWord(String word) {
    return kind == Kind.WORD && text.equalsIgnoreCase(word);
  }

  boolean isSymbol(String symbol) {
    return kind == Kind.SYMBOL && text.equals(symbol);
  }

  boolean isBlank() {
    return kind == Kind.BLANK;
  }
}
