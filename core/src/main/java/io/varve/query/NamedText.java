package io.varve.query;

import io.varve.MappingException;
import io.varve.query.SqlToken.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A statement with named parameters, and the same with question marks in their place, as the driver
 * takes it. Immutable.
 */
final class NamedText {

  /** With what a statement starts that has an answer and may write. */
  private static final Set<String> RUNNING = Set.of("CALL", "FETCH", "EXECUTE");

  /**
   * With what a statement starts that has no answer but by RETURNING. Any other word is a query's,
   * or no SQL at all, which the server tells best.
   */
  private static final Set<String> SILENT =
      Set.of(
          ("ALTER ANALYSE ANALYZE CHECKPOINT CLOSE CLUSTER COMMENT COMMIT COPY CREATE DELETE DO DROP"
                  + " GRANT IMPORT INSERT LOCK MERGE MOVE NOTIFY REASSIGN REFRESH REINDEX REVOKE"
                  + " ROLLBACK SECURITY TRUNCATE UPDATE VACUUM")
              .split(" "));

  /** With what a statement starts that changes the session or its transaction. */
  private static final Set<String> STAYING =
      Set.of(
          ("ABORT BEGIN COMMIT DEALLOCATE DECLARE DISCARD END LISTEN LOAD PREPARE RELEASE RESET"
                  + " ROLLBACK SAVEPOINT SET START UNLISTEN")
              .split(" "));

  /** Longer statements are cut in messages. */
  private static final int SHOWN = 80;

  /** More names are counted in messages. */
  private static final int LISTED = 20;

  /** A doubled quote, or a backslash and what it escapes. */
  private static final Pattern DOUBLED = Pattern.compile("\\\\.|''", Pattern.DOTALL);

  private final String text;
  private final List<Occurrence> occurrences;
  private final Map<String, List<Occurrence>> places;
  private final String task;
  private final boolean reading;
  private final boolean answering;
  private final boolean returning;

  /**
   * A place where a parameter stands.
   *
   * @param name without its colon
   * @param inList whether it stands in the list of an {@code IN (…)}
   * @param tested whether all that is asked there is whether it is null, which does not tell its
   *     type
   */
  record Occurrence(String name, boolean inList, boolean tested) {}

  /** Refuses what cannot be one statement. */
  NamedText(String sql) {
    if (!TextLiteral.isHeld(sql)) {
      throw new MappingException(
          "SQL statement is no UTF-8 or has a NUL; expected text PostgreSQL can read");
    }
    List<SqlToken> tokens = SqlLexer.tokens(sql);
    List<SqlToken> words = tokens.stream().filter(token -> !token.isBlank()).toList();
    if (words.stream().allMatch(token -> token.isSymbol(";"))) {
      throw new MappingException("SQL statement is empty; expected one statement");
    }
    refuseContinuedEscapes(words);
    String first = first(words);
    refuseWhatStays(first, words);
    refuseRowsOnTheConnection(first, words);
    this.text = text(tokens);
    this.occurrences = occurrences(words);
    this.places =
        occurrences.stream()
            .collect(
                Collectors.groupingBy(Occurrence::name, LinkedHashMap::new, Collectors.toList()));
    this.task = "running \"" + shown(tokens) + '"';
    this.reading = !SILENT.contains(first) && !RUNNING.contains(first);
    this.returning = words.stream().anyMatch(token -> token.isWord("RETURNING"));
    this.answering = returning || !SILENT.contains(first);
  }

  /** The server reads such a string's second part with backslashes, the driver without. */
  private static void refuseContinuedEscapes(List<SqlToken> words) {
    for (int i = 1; i < words.size(); i++) {
      if (words.get(i - 1).kind() == Kind.ESCAPED && words.get(i).kind() == Kind.STRING) {
        throw new MappingException(
            "SQL statement: an E'…' that goes on in another string; expected one string");
      }
    }
  }

  /** The next who borrows the connection would find it changed, and what he writes undone. */
  private static void refuseWhatStays(String first, List<SqlToken> words) {
    boolean isOfTwoPhases =
        !first.equals("PREPARE") && words.size() > 1 && words.get(1).isWord("PREPARED");
    if (STAYING.contains(first) && !isOfTwoPhases) {
      throw new MappingException(
          "SQL statement %s is about its session or transaction, and its connection is the pool's; expected a statement that is done when it ends, or a connection of dataSource()"
              .formatted(first));
    }
  }

  private static void refuseRowsOnTheConnection(String first, List<SqlToken> words) {
    if (first.equals("COPY")
        && words.stream().anyMatch(word -> word.isWord("STDIN") || word.isWord("STDOUT"))) {
      throw new MappingException(
          "SQL statement COPY has its rows on the connection; expected table(…).insertAll(…), a query, or org.postgresql.copy.CopyManager");
    }
  }

  private static String first(List<SqlToken> words) {
    return words.stream()
        .filter(token -> !token.isSymbol("("))
        .findFirst()
        .map(token -> token.text().toUpperCase(Locale.ROOT))
        .orElse("");
  }

  /**
   * The driver's text. It takes a question mark for a parameter and two for one, and puts {@code
   * $1} in a parameter's place without regard to what stands around it.
   */
  private static String text(List<SqlToken> tokens) {
    StringBuilder text = new StringBuilder();
    for (SqlToken token : withoutEnd(tokens)) {
      boolean parameter = token.kind() == Kind.PARAMETER;
      if (parameter || token.isSymbol("?")) {
        separate(text, parameter);
        text.append(parameter ? "?" : "??");
      } else {
        text.append(token.kind() == Kind.ESCAPED ? escaped(token.text()) : token.text());
      }
    }
    return text.toString();
  }

  /** Behind a doubled quote the driver takes backslashes as they are: it gets the quote's code. */
  private static String escaped(String string) {
    String inner = string.substring(1, string.length() - 1);
    return "'"
        + DOUBLED
            .matcher(inner)
            .replaceAll(
                it -> Matcher.quoteReplacement(it.group().equals("''") ? "\\047" : it.group()))
        + "'";
  }

  private static void separate(StringBuilder text, boolean parameter) {
    char last = text.isEmpty() ? ' ' : text.charAt(text.length() - 1);
    boolean runsTogether =
        parameter && (Character.isLetterOrDigit(last) || "_$".indexOf(last) >= 0);
    if (last == '?' || last >= 0x80 || runsTogether) {
      text.append(' ');
    }
  }

  /** Without the semicolons at the end, behind which the driver expects another statement. */
  private static List<SqlToken> withoutEnd(List<SqlToken> tokens) {
    List<SqlToken> rest = new ArrayList<>(tokens);
    for (int i = rest.size() - 1; rest.get(i).isBlank() || rest.get(i).isSymbol(";"); i--) {
      if (rest.get(i).isSymbol(";")) {
        rest.remove(i);
      }
    }
    return rest;
  }

  private static List<Occurrence> occurrences(List<SqlToken> words) {
    List<Occurrence> occurrences = new ArrayList<>();
    boolean inList = false;
    for (int i = 0; i < words.size(); i++) {
      SqlToken word = words.get(i);
      inList =
          word.isSymbol("(") ? i > 0 && words.get(i - 1).isWord("IN") : inList && isListed(word);
      if (word.kind() == Kind.PARAMETER) {
        occurrences.add(new Occurrence(word.text().substring(1), inList, isTested(words, i)));
      }
    }
    return List.copyOf(occurrences);
  }

  private static boolean isListed(SqlToken token) {
    return switch (token.kind()) {
      case PARAMETER, NUMBER, STRING, ESCAPED -> true;
      default -> token.isSymbol(",");
    };
  }

  private static boolean isTested(List<SqlToken> words, int index) {
    int next = index + 1;
    boolean is = next < words.size() && words.get(next).isWord("IS");
    int test = is && next + 1 < words.size() && words.get(next + 1).isWord("NOT") ? 2 : 1;
    return is
        && next + test < words.size()
        && words.get(next + test).isWord("NULL")
        && isFirstOperand(words, index);
  }

  private static boolean isFirstOperand(List<SqlToken> words, int index) {
    SqlToken before = words.get(Math.max(0, index - 1));
    return before.kind() == Kind.WORD || before.isSymbol("(") || before.isSymbol(",");
  }

  /** The statement for messages: short, and without its strings, which may be secrets. */
  private static String shown(List<SqlToken> tokens) {
    String shown = tokens.stream().map(NamedText::shown).collect(Collectors.joining()).strip();
    int cut = shown.offsetByCodePoints(0, Math.min(SHOWN, shown.codePointCount(0, shown.length())));
    return cut == shown.length() ? shown : shown.substring(0, cut) + '…';
  }

  private static String shown(SqlToken token) {
    return switch (token.kind()) {
      case BLANK -> " ";
      case STRING, ESCAPED -> "'…'";
      default -> token.text();
    };
  }

  /** What is done when the statement runs, for messages. */
  String task() {
    return task;
  }

  /** Whether it only reads, as far as its first word tells. */
  boolean isReading() {
    return reading;
  }

  /** Whether it may have an answer. */
  boolean isAnswering() {
    return answering;
  }

  /** Whether it may write rows and give them back. */
  boolean isReturning() {
    return returning;
  }

  /** The parameters' names, in the order of their first places. */
  Set<String> names() {
    return places.keySet();
  }

  /** Where a parameter stands. */
  List<Occurrence> occurrences(String name) {
    return places.getOrDefault(name, List.of());
  }

  /** The statement with its values; refused where one is missing. */
  Sql with(Map<String, Argument> arguments) {
    List<String> missing = names().stream().filter(name -> !arguments.containsKey(name)).toList();
    if (!missing.isEmpty()) {
      throw new MappingException(
          "%s: no value for %s; expected bind(name, value) for each"
              .formatted(task, colons(missing)));
    }
    List<Bind> binds = new ArrayList<>();
    for (Occurrence occurrence : occurrences) {
      binds.add(arguments.get(occurrence.name()).at(occurrence));
    }
    return new Sql(text, binds);
  }

  /** Names as they are written in the statement. */
  static String colons(Iterable<String> names) {
    List<String> colons = new ArrayList<>();
    names.forEach(name -> colons.add(':' + name));
    return colons.size() <= LISTED
        ? String.join(", ", colons)
        : "%s and %d more"
            .formatted(String.join(", ", colons.subList(0, LISTED)), colons.size() - LISTED);
  }
}
