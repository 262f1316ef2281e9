package io.varve.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.MappingException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.core.NativeQuery;
import org.postgresql.core.Parser;

/** Where a colon and a name are a parameter, and what of the text reaches the server. */
final class NamedTextTest {

  /** Pieces of statements, each with what the server is to read; null stands for a parameter. */
  private static final List<String> PIECES =
      List.of(
          "':a'",
          "'it''s :a'",
          "'\\'",
          "e'\\':a'",
          "E'\\\\'",
          "E'a b:a\\''",
          "U&'\\0041 :a'",
          "B'01'",
          "X'1F'",
          "N':a'",
          "type ':a'",
          "date':a'",
          "\"say \"\":a\"\" ?\"",
          "U&\":a\"",
          "-- :a ' ? \" $$ /*\n",
          "-- :a\r",
          "/* :a /* ' nested */ ? :b */",
          "/**/",
          "$$ :a ' ? $$",
          "'{fn :a} {d 1}'",
          "$$ {d '1'} {fn a(1)} $$",
          "/* {d 1} ? {fn a()} */",
          "\"{fn a}\"",
          "$tag$ :a $$ ? $other$ $tag$",
          "$é$ :a $é$",
          "a$b$c",
          "a::text",
          "'1'::text::int",
          "x := 1",
          "f(a=>1, b:=2)",
          "a[1:2]",
          "a[:2]",
          "a[1:]",
          "a[m:n]",
          "a[f(x):n]",
          "b[a[1]:n]",
          "\"a\"[\"m\":n]",
          "a[m::int:n]",
          "a[: n]",
          "j ? 'k'",
          "j ?| 'k'",
          "j ?& 'k'",
          "j @? '$.a'",
          "j @@ '$.a'",
          "#>> '{a}'",
          "json_object('k' : v)",
          "1e5",
          "( ; )",
          "été",
          "$",
          "<->",
          "= - 1",
          "*");

  @Property(tries = 2000)
  void piecesReachTheServerAsTheyAreWithNumbersForParameters(
      @ForAll("statements") List<String> pieces) throws SQLException {
    List<String> expected = new ArrayList<>();
    for (String piece : pieces) {
      expected.add(piece.startsWith(":") ? "$" + (1 + parameters(expected)) : piece);
    }
    NamedText text = new NamedText("SELECT " + String.join(" , ", pieces));
    assertThat(serverText(text)).isEqualTo("SELECT " + String.join(" , ", expected));
  }

  private static long parameters(List<String> pieces) {
    return pieces.stream().filter(piece -> piece.matches("\\$\\d+")).count();
  }

  @Provide
  Arbitrary<List<String>> statements() {
    return Arbitraries.frequencyOf(
            net.jqwik.api.Tuple.of(5, Arbitraries.of(PIECES)),
            net.jqwik.api.Tuple.of(1, Arbitraries.of(":a", ":b_2", ":été")))
        .list()
        .ofMinSize(1)
        .ofMaxSize(12);
  }

  /** Nothing is lost or added, and the driver sees the same parameters at the same places. */
  @Property(tries = 5000)
  void anyTextIsRefusedOrReachesTheServer(@ForAll("scraps") String scraps) throws SQLException {
    String sql = "SELECT 1 " + scraps;
    List<SqlToken> tokens;
    NamedText text;
    try {
      tokens = SqlLexer.tokens(sql);
      text = new NamedText(sql);
    } catch (MappingException e) {
      Assume.that(false);
      return;
    }
    assertThat(tokens.stream().map(SqlToken::text).collect(Collectors.joining())).isEqualTo(sql);
    String expected =
        tokens.stream()
            .map(token -> token.kind() == SqlToken.Kind.PARAMETER ? "#" : token.text())
            .collect(Collectors.joining());
    assertThat(squeezed(serverText(text).replaceAll("\\$\\d+", "#"))).isEqualTo(squeezed(expected));
  }

  private static String squeezed(String sql) {
    return sql.replace("\\047", "''").replaceAll("[\\s;]", "");
  }

  @Provide
  Arbitrary<String> scraps() {
    return Arbitraries.of(
            "'", "\"", ":", "?", "$a", "-", "/", "*", "\\", "E", "[", "]", "(", ")", ";", " ", "a",
            "1", "\n", "=")
        .list()
        .ofMaxSize(10)
        .map(list -> String.join("", list));
  }

  /** The text as the driver sends it. */
  private static String serverText(NamedText text) throws SQLException {
    Map<String, Argument> arguments = new HashMap<>();
    text.names().forEach(name -> arguments.put(name, new ArgumentReader(name).read(1)));
    Sql sql = text.with(arguments);
    String replaced = Parser.replaceProcessing(sql.text(), true, true);
    List<NativeQuery> parsed = Parser.parseJdbcSql(replaced, true, true, true, false, false);
    assertThat(parsed).hasSize(1);
    assertThat(parsed.get(0).bindPositions).hasSameSizeAs(sql.binds());
    return parsed.get(0).nativeSql;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "SELECT :a|SELECT $1",
        "SELECT(:a)|SELECT($1)",
        "LIMIT:a|LIMIT $1",
        "a=:a|a=$1",
        "x BETWEEN :a AND :b|x BETWEEN $1 AND $2",
        ":a::int|$1::int",
        "a[:n]|a[$1]",
        "a[:m : :n]|a[$1 : $2]",
        "a[:m:n]|a[$1:n]",
        "a[m :n]|a[m $1]",
        "a[f(:x)]|a[f($1)]",
        "ARRAY[:a,:b]|ARRAY[$1,$2]",
        "f(a=>:a,b:=:b)|f(a=>$1,b:=$2)",
        "j ?:a|j ? $1",
        ":a?:b|$1 ? $2",
        "j->:a|j->$1",
        "x/:a-:b|x/$1-$2",
        ":a;|$1",
        ":a ; -- end|$1  -- end",
        "x = E'a''b\\' ? :a' ? :a|x = E'a\\047b\\' ? :a' ? $1",
        "x = E'\\\\''' ? :a|x = E'\\\\\\047' ? $1",
        "INTERVAL ':a'|INTERVAL ':a'",
      })
  void parametersBecomeNumbers(String sql, String server) throws SQLException {
    assertThat(serverText(new NamedText(sql))).isEqualTo(server);
  }

  @Test
  void repeatedParametersAreOneName() {
    assertThat(new NamedText("SELECT :b, :a, :b").names()).containsExactly("b", "a");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "SELECT 'a|character 8: a string that does not end",
        "SELECT E'\\'|character 9: a string that does not end",
        "SELECT \"a|character 8: a quoted name that does not end",
        "SELECT /* /* */|character 8: a comment that does not end",
        "SELECT $a$ $$|character 8: a string that does not end",
        "SELECT 1)|character 9: a closing bracket",
        "SELECT (1]|character 10: a closing bracket",
        "SELECT $1|character 8: a parameter with a number",
        "SELECT 1; DELETE FROM a|character 9: a second statement behind a semicolon",
        "SELECT '€'; SELECT 2|character 11: a second statement behind a semicolon",
      })
  void whatCannotBeOneStatementIsRefused(String sql, String message) {
    assertThatThrownBy(() -> new NamedText(sql))
        .isInstanceOf(MappingException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "-- nothing", ";", " ; ; "})
  void emptyStatementIsRefused(String sql) {
    assertThatThrownBy(() -> new NamedText(sql))
        .isInstanceOf(MappingException.class)
        .hasMessage("SQL statement is empty; expected one statement");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "begin",
        "/* at once */ START TRANSACTION READ ONLY",
        "COMMIT",
        "COMMIT AND CHAIN",
        "rollback to savepoint prepared",
        "END",
        "SAVEPOINT s",
        "SET search_path = x",
        "RESET ALL",
        "PREPARE TRANSACTION 'a'",
        "prepare p AS SELECT 1",
        "DECLARE c CURSOR WITH HOLD FOR SELECT 1",
        "DISCARD ALL",
        "LISTEN news"
      })
  void whatWouldStayOnTheConnectionIsRefused(String sql) {
    assertThatThrownBy(() -> new NamedText(sql))
        .isInstanceOf(MappingException.class)
        .hasMessageMatching("SQL statement [A-Z]+ is about its session or transaction, .*");
  }

  @ParameterizedTest
  @ValueSource(strings = {"COMMIT PREPARED 'a'", "rollback prepared 'a'", "SELECT begin FROM t"})
  void whatIsDoneWhenItEndsIsTaken(String sql) {
    assertThat(new NamedText(sql).task()).startsWith("running");
  }

  @Test
  void whatTheServerCannotReadIsRefused() {
    assertThatThrownBy(() -> new NamedText("SELECT 1 \0"))
        .isInstanceOf(MappingException.class)
        .hasMessageContaining("NUL");
    assertThatThrownBy(() -> new NamedText("COPY t FROM STDIN"))
        .isInstanceOf(MappingException.class)
        .hasMessageContaining("rows on the connection");
  }

  @Test
  void escapedStringThatGoesOnIsRefused() {
    assertThatThrownBy(() -> new NamedText("SELECT E'a' -- and\n'\\' , :a, ''"))
        .isInstanceOf(MappingException.class)
        .hasMessageContaining("E'…' that goes on");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "x IN (:a)|true",
        "x not in(:a, :b)|true",
        "x IN (1, 'a', :a)|true",
        "x = ANY(:a)|false",
        "x IN (SELECT :a)|false",
        "f(:a)|false",
        "(:a)|false",
      })
  void placesInListsAreKnown(String sql, boolean inList) {
    assertThat(new NamedText(sql).occurrences("a")).first().matches(it -> it.inList() == inList);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "WHERE :a IS NULL|true",
        "WHERE (:a is /* */ not null)|true",
        "WHERE x = :a IS NULL|false",
        "WHERE :a IS NOT DISTINCT FROM x|false",
        "WHERE :a IS|false",
        "WHERE :a|false",
      })
  void placesThatOnlyTestForNullAreKnown(String sql, boolean tested) {
    assertThat(new NamedText(sql).occurrences("a")).first().matches(it -> it.tested() == tested);
  }

  @Test
  void missingValuesAreNamed() {
    Map<String, Argument> some = Map.of("b", new ArgumentReader("b").read(1));
    assertThatThrownBy(() -> new NamedText("SELECT :a, :b, :c").with(some))
        .isInstanceOf(MappingException.class)
        .hasMessage(
            "running \"SELECT :a, :b, :c\": no value for :a, :c; expected bind(name, value) for each");
  }

  @Test
  void manyMissingValuesAreCounted() {
    StringBuilder sql = new StringBuilder("SELECT :p0");
    for (int i = 1; i < 100; i++) {
      sql.append(", :p").append(i);
    }
    assertThatThrownBy(() -> new NamedText(sql.toString()).with(Map.of()))
        .isInstanceOf(MappingException.class)
        .hasMessageContaining("no value for :p0, :p1,")
        .hasMessageEndingWith(":p19 and 80 more; expected bind(name, value) for each");
  }

  @Test
  void messagesShowNoStrings() {
    assertThat(new NamedText("ALTER ROLE x\n  PASSWORD 'secret' -- secret").task())
        .isEqualTo("running \"ALTER ROLE x PASSWORD '…'\"");
    assertThat(new NamedText("SELECT " + "x".repeat(100)).task())
        .isEqualTo("running \"SELECT " + "x".repeat(73) + "…\"");
  }
}
