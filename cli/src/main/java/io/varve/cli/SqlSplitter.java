package io.varve.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Divides a script into its statements at the semicolons that end one: not those in quotes, dollar
 * quotes, comments, parentheses, or the body of an SQL-standard function.
 */
final class SqlSplitter {

  /**
   * One statement.
   *
   * @param text as written, without the semicolon
   * @param line on which it begins, from 1
   * @param column where on that line, from 1
   */
  record Statement(String text, int line, int column) {

    /** Its first word in lower case. */
    String keyword() {
      return text.split("[^A-Za-z]", 2)[0].toLowerCase(Locale.ROOT);
    }
  }

  private final String script;
  private final List<Statement> statements = new ArrayList<>();
  private int at;
  private int start = -1;
  private int parentheses;
  private int atomicBlocks;
  private String lastWord = "";

  private SqlSplitter(String script) {
    this.script = script;
  }

  static List<Statement> split(String script) {
    return new SqlSplitter(script).statements();
  }

  private List<Statement> statements() {
    while (at < script.length()) {
      step();
    }
    finish();
    return List.copyOf(statements);
  }

  private void step() {
    char c = script.charAt(at);
    if (c == '-' && peek(1) == '-') {
      at = endOr(script.indexOf('\n', at));
    } else if (c == '/' && peek(1) == '*') {
      skipComment();
    } else if (c == ';' && parentheses <= 0 && atomicBlocks <= 0) {
      finish();
      at++;
    } else if (Character.isWhitespace(c)) {
      at++;
    } else {
      start = start < 0 ? at : start;
      token(c);
    }
  }

  private void token(char c) {
    if (isWordPart(c)) {
      word();
      return;
    }
    lastWord = "";
    switch (c) {
      case '\'' -> skipQuoted(c, isEscapeString());
      case '"' -> skipQuoted(c, false);
      case '$' -> skipDollarQuoted();
      case '(' -> {
        parentheses++;
        at++;
      }
      case ')' -> {
        parentheses--;
        at++;
      }
      default -> at++;
    }
  }

  private void finish() {
    if (start >= 0) {
      String before = script.substring(0, start);
      int line = 1 + (int) before.chars().filter(c -> c == '\n').count();
      int column = before.length() - before.lastIndexOf('\n');
      statements.add(new Statement(script.substring(start, at).stripTrailing(), line, column));
    }
    start = -1;
    parentheses = 0;
    atomicBlocks = 0;
    lastWord = "";
  }

  /** Reads a word; counts the blocks in which semicolons do not end the statement. */
  private void word() {
    int from = at;
    while (at < script.length() && (isWordPart(script.charAt(at)) || script.charAt(at) == '$')) {
      at++;
    }
    String word = script.substring(from, at).toLowerCase(Locale.ROOT);
    switch (word) {
      case "atomic" -> atomicBlocks += lastWord.equals("begin") ? 1 : 0;
      case "case" -> atomicBlocks += atomicBlocks > 0 ? 1 : 0;
      case "end" -> atomicBlocks -= atomicBlocks > 0 ? 1 : 0;
      default -> {}
    }
    lastWord = word;
  }

  private boolean isEscapeString() {
    char before = at > 0 ? script.charAt(at - 1) : ' ';
    boolean wordBefore = at > 1 && isWordPart(script.charAt(at - 2));
    return (before == 'e' || before == 'E') && !wordBefore;
  }

  private void skipQuoted(char quote, boolean backslashes) {
    at++;
    while (at < script.length()) {
      char c = script.charAt(at++);
      if (c == '\\' && backslashes) {
        at++;
      } else if (c == quote) {
        if (peek(0) != quote) {
          return;
        }
        at++;
      }
    }
    at = script.length();
  }

  private void skipDollarQuoted() {
    int end = at + 1;
    while (end < script.length() && isWordPart(script.charAt(end))) {
      end++;
    }
    boolean opens =
        end < script.length() && script.charAt(end) == '$' && !Character.isDigit(peek(1));
    if (!opens) {
      at++;
      return;
    }
    String tag = script.substring(at, end + 1);
    int close = script.indexOf(tag, end + 1);
    at = close < 0 ? script.length() : close + tag.length();
  }

  private void skipComment() {
    int depth = 0;
    do {
      if (peek(0) == '/' && peek(1) == '*') {
        depth++;
        at += 2;
      } else if (peek(0) == '*' && peek(1) == '/') {
        depth--;
        at += 2;
      } else {
        at++;
      }
    } while (depth > 0 && at < script.length());
  }

  private static boolean isWordPart(char c) {
    return Character.isLetterOrDigit(c) || c == '_';
  }

  private char peek(int ahead) {
    return at + ahead < script.length() ? script.charAt(at + ahead) : '\0';
  }

  private int endOr(int index) {
    return index < 0 ? script.length() : index;
  }
}
