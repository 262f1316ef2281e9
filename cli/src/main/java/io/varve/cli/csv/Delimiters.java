package io.varve.cli.csv;

/**
 * Finds the character between fields: the one that divides the first lines into the same number of
 * fields most often. On a tie the comma yields: it may be the decimal mark.
 */
final class Delimiters {

  private static final char[] CANDIDATES = {';', '\t', '|', ','};
  private static final int LINES = 100;

  private Delimiters() {}

  /** The delimiter of a text's beginning; a comma where nothing divides it. */
  static char detect(char[] text, int length) {
    char best = ',';
    long bestScore = 0;
    for (char candidate : CANDIDATES) {
      long score = score(text, length, candidate);
      if (score > bestScore) {
        best = candidate;
        bestScore = score;
      }
    }
    return best;
  }

  /** Lines that agree with the first one, weighing more than the number of fields. */
  private static long score(char[] text, int length, char delimiter) {
    int expected = -1;
    int agreeing = 0;
    int count = 0;
    int lines = 0;
    boolean quoted = false;
    for (int i = 0; i <= length && lines < LINES; i++) {
      char c = i < length ? text[i] : '\n';
      if (c == '"') {
        quoted = !quoted;
      } else if (!quoted && (c == '\n' || c == '\r')) {
        boolean blank = i == 0 || text[i - 1] == '\n' || text[i - 1] == '\r';
        if (!blank) {
          expected = expected < 0 ? count : expected;
          agreeing += count == expected ? 1 : 0;
          lines++;
        }
        count = 0;
      } else if (!quoted && c == delimiter) {
        count++;
      }
    }
    return expected <= 0 ? 0 : 1000L * agreeing + Math.min(expected, 999);
  }
}
