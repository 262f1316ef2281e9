package io.varve.cli;

import io.varve.cli.csv.LocalZone;
import io.varve.cli.csv.TimeFormat;
import io.varve.cli.csv.Unfit;
import io.varve.cli.csv.ValueParser;
import io.varve.cli.csv.ValueParser.Rounding;
import io.varve.cli.shell.CommandException;
import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import io.varve.query.Condition;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads conditions such as {@code device=d1} or {@code temperature>=20}. An operator may stand
 * between blanks: one with a blank before it takes one behind it, too.
 */
final class WhereConditions {

  /** The first operator counts: what comes behind it is the value. */
  private static final Pattern CONDITION =
      Pattern.compile("([^=<>!]+?)(\\s*)(!=|<>|<=|>=|=|<|>)(.*)", Pattern.DOTALL);

  /** What other languages compare with, such as {@code ==}, would be a part of the value. */
  private static final Pattern OPERATOR = Pattern.compile("[=<>].*", Pattern.DOTALL);

  private static final String OTHERS = "!= <> < <= > >=";

  private final String option;
  private final Function<String, ColumnType> types;
  private final ZoneId zone;
  private final Map<String, String> equalities = new HashMap<>();

  /**
   * @param option the option they come from, for messages
   * @param types the type of a column; refuses one that is not there
   * @param zone of times without one
   */
  WhereConditions(String option, Function<String, ColumnType> types, ZoneId zone) {
    this.option = option;
    this.types = types;
    this.zone = zone;
  }

  List<Condition> read(List<String> texts) {
    return texts.stream().map(this::read).toList();
  }

  private Condition read(String text) {
    Matcher matcher = CONDITION.matcher(text);
    if (!matcher.matches()) {
      throw CommandException.usage(
          option + " " + text + ": no column and value",
          "expected " + option + " COL=VALUE, or one of " + OTHERS + " for =");
    }
    String right = matcher.group(2).isEmpty() ? matcher.group(4) : unspaced(matcher.group(4));
    if (OPERATOR.matcher(right).matches()) {
      throw CommandException.usage(
          "%s %s: the value begins like an operator: %s".formatted(option, text, right),
          "expected = or one of " + OTHERS + "; ask for such a value with varve sql");
    }
    String column = matcher.group(1).strip();
    Object value = value(column, types.apply(column), right);
    Condition.Subject<Object> subject = Condition.column(column);
    return switch (matcher.group(3)) {
      case "!=", "<>" -> subject.ne(value);
      case "<" -> subject.lt(value);
      case "<=" -> subject.le(value);
      case ">" -> subject.gt(value);
      case ">=" -> subject.ge(value);
      default -> {
        refuseSecond(column, text);
        yield subject.eq(value);
      }
    };
  }

  private static String unspaced(String value) {
    return value.startsWith(" ") ? value.substring(1) : value;
  }

  private void refuseSecond(String column, String text) {
    String other = equalities.put(column, text);
    if (other != null && !other.equals(text)) {
      throw CommandException.usage(
          "%1$s %2$s and %1$s %3$s contradict each other: a row has one value"
              .formatted(option, other, text),
          "give one, or ask for several with varve sql");
    }
  }

  private Object value(String column, ColumnType type, String text) {
    try {
      boolean holdsTimes = type.isTime() && type.kind() != Kind.BIGINT;
      ValueParser parser =
          holdsTimes
              ? ValueParser.times(type, TimeFormat.named("iso"), new LocalZone(zone))
              : ValueParser.of(type, Rounding.NEAREST);
      Object value = parser.parse(text);
      if (value == null && type.kind() != Kind.TEXT) {
        throw CommandException.usage(
            option + " " + column + ": no value", "the column is of type " + type.sql());
      }
      return Objects.requireNonNullElse(value, "");
    } catch (Unfit | IllegalArgumentException e) {
      throw CommandException.usage(
          "%s %s: \"%s\" %s".formatted(option, column, text, e.getMessage()),
          "the column is of type " + type.sql());
    }
  }
}
