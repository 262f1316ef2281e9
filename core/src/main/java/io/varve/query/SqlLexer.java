package io.varve.query;

import io.varve.MappingException;
import io.varve.query.SqlToken.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Cuts a statement into tokens by PostgreSQL's lexical rules, as far as they decide where a colon
 * and a name are a parameter.
 *
 * <p>They are none in a string ({@code '…'}, {@code E'…'} with its backslashes, {@code U&'…'},
 * {@code B'…'}, {@code X'…'}, {@code $$…$$}, {@code $tag$…$tag$}), in a quoted name, or in a
 * comment, of which those in blocks may be nested. Of colons, {@code ::} is a cast and {@code :=}
 * hands an argument over by name. In square brackets a colon right behind an operand is a slice's:
 * {@code a[1:2]} and {@code a[m:n]} have no parameter, {@code a[:n]} has one, and {@code a[:m :
 * :n]} two. Blanks keep any other colon from being a parameter's: {@code json_object('k' : v)}.
 *
 * <p>Strings are read as with {@code standard_conforming_strings} on, PostgreSQL's default.
 */
final class SqlLexer {

  /** The characters PostgreSQL takes for a name's, all beyond ASCII among them. */
  private static final String NAME_START = "[A-Za-z_\\x{80}-\\x{10FFFF}]";

  private static final Pattern WORD =
      Pattern.compile(NAME_START + "(?:" + NAME_START + "|[0-9$])*+");

  private static final Pattern NUMBER = Pattern.compile("[0-9](?:" + NAME_START + "|[0-9])*+");

  private static final Pattern DOLLARS =
      Pattern.compile("\\$(?:" + NAME_START + "(?:" + NAME_START + "|[0-9])*+)?\\$");

  private static final Pattern PARAMETER = Pattern.compile(":[\\p{L}_][\\p{L}\\p{Nd}_]*+");

  private static final Pattern BLANK = Pattern.compile("[ \\t\\n\\r\\f\\x0B]++|--[^\\n\\r]*+");

  private final String sql;
  private final List<SqlToken> tokens = new ArrayList<>();

  /** The brackets that are open, the innermost first. */
  private final Deque<Character> open = new ArrayDeque<>();

  private int at;

  private SqlLexer(String sql) {
    this.sql = sql;
  }

  /** All tokens: their texts make up the statement. */
  static List<SqlToken> tokens(String sql) {
    SqlLexer lexer = new SqlLexer(sql);
    while (lexer.at < sql.length()) {
      lexer.next();
    }
    return lexer.tokens;
  }

  private void next() {
    char c = sql.charAt(at);
    if (takeMatch(Kind.BLANK, BLANK) || takeMatch(Kind.NUMBER, NUMBER)) {
      return;
    }
    if (takeMatch(Kind.WORD, WORD)) {
      escapedString();
    } else if (sql.startsWith("/*", at)) {
      take(Kind.BLANK, commentEnd());
    } else if (c == '\'') {
      take(Kind.STRING, quoteEnd("string", false));
    } else if (c == '"') {
      take(Kind.QUOTED, quoteEnd("quoted name", false));
    } else if (c == '$') {
      dollar();
    } else if (c == ':') {
      colon();
    } else {
      symbol(c);
    }
  }

  private void take(Kind kind, int end) {
    tokens.add(new SqlToken(kind, sql.substring(at, end)));
    at = end;
  }

  private boolean takeMatch(Kind kind, Pattern pattern) {
    int end = matchEnd(pattern);
    if (end >= 0) {
      take(kind, end);
    }
    return end >= 0;
  }

  private int matchEnd(Pattern pattern) {
    Matcher matcher = pattern.matcher(sql).region(at, sql.length());
    return matcher.lookingAt() ? matcher.end() : -1;
  }

  /** The string of {@code E'…'}, behind the word that is its first letter. */
  private void escapedString() {
    boolean escaped = tokens.get(tokens.size() - 1).isWord("E") && sql.startsWith("'", at);
    if (escaped) {
      take(Kind.ESCAPED, quoteEnd("string", true));
    }
  }

  /** Behind the quote that ends what the one here starts; a doubled one does not. */
  private int quoteEnd(String what, boolean backslashes) {
    char quote = sql.charAt(at);
    for (int i = at + 1; i < sql.length(); i++) {
      char c = sql.charAt(i);
      if (c == '\\' && backslashes) {
        i++;
      } else if (c == quote) {
        if (i + 1 == sql.length() || sql.charAt(i + 1) != quote) {
          return i + 1;
        }
        i++;
      }
    }
    throw endless(what);
  }

  private int commentEnd() {
    int depth = 0;
    for (int i = at; i < sql.length() - 1; i++) {
      if (sql.startsWith("/*", i)) {
        depth++;
        i++;
      } else if (sql.startsWith("*/", i)) {
        depth--;
        i++;
        if (depth == 0) {
          return i + 1;
        }
      }
    }
    throw endless("comment");
  }

  private void dollar() {
    int end = matchEnd(DOLLARS);
    if (end >= 0) {
      String quote = sql.substring(at, end);
      int closing = sql.indexOf(quote, end);
      if (closing < 0) {
        throw endless("string");
      }
      take(Kind.STRING, closing + quote.length());
    } else if (at + 1 < sql.length() && isDigit(sql.charAt(at + 1))) {
      throw refusal("a parameter with a number; expected one with a name, such as :device");
    } else {
      symbol('$');
    }
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private void colon() {
    if (sql.startsWith("::", at) || sql.startsWith(":=", at)) {
      take(Kind.SYMBOL, at + 2);
    } else if (isSlice() || !takeMatch(Kind.PARAMETER, PARAMETER)) {
      symbol(':');
    }
  }

  private boolean isSlice() {
    return !open.isEmpty()
        && open.peek() == '['
        && switch (tokens.get(tokens.size() - 1).kind()) {
          case WORD, ESCAPED, STRING, QUOTED, NUMBER, PARAMETER -> true;
          case SYMBOL -> ")]".contains(tokens.get(tokens.size() - 1).text());
          case BLANK -> false;
        };
  }

  private void symbol(char c) {
    if (c == '(' || c == '[') {
      open.push(c);
    } else if (c == ')' || c == ']') {
      close(c == ')' ? '(' : '[');
    } else if (c == ';' && !open.contains('(')) {
      lastStatementEnds();
    }
    take(Kind.SYMBOL, at + 1);
  }

  private void close(char opening) {
    if (open.isEmpty() || open.pop() != opening) {
      throw refusal("a closing bracket; expected its opening one before it");
    }
  }

  /** Behind the semicolon there may be blanks, and more semicolons. */
  private void lastStatementEnds() {
    SqlLexer rest = new SqlLexer(sql);
    rest.at = at + 1;
    while (rest.at < sql.length() && sql.charAt(rest.at) != ';') {
      rest.next();
      if (!rest.tokens.get(rest.tokens.size() - 1).isBlank()) {
        throw refusal("a second statement behind a semicolon; expected one statement at a time");
      }
    }
  }

  private MappingException endless(String what) {
    return refusal("a " + what + " that does not end; expected its end");
  }

  private MappingException refusal(String found) {
    return new MappingException(
        "SQL statement, character %d: %s".formatted(sql.codePointCount(0, at) + 1, found));
  }
}
