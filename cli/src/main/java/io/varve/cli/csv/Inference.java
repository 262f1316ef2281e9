package io.varve.cli.csv;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import io.varve.model.ColumnType;
import io.varve.model.ColumnType.Kind;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * What a column is, judged by the values of the sample.
 *
 * @param type its type in the database
 * @param time how its times are written, if it holds times
 * @param misfits how many values of the sample do not fit the type
 */
public record Inference(ColumnType type, Optional<TimeFormat> time, long misfits) {

  private static final Pattern BOOLEAN =
      Pattern.compile("true|false|t|f|yes|no", Pattern.CASE_INSENSITIVE);
  private static final Pattern UUID =
      Pattern.compile("[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}");
  private static final JsonFactory JSON = new JsonFactory();

  /**
   * The narrowest type that keeps every value: boolean, bigint, double precision, numeric, uuid,
   * jsonb, timestamp with time zone, date, else text. Numbers and times may have a few misfits,
   * which are rejected with their line; a column without values is text. Blank texts mean nothing
   * unless it is text.
   */
  public static Inference of(ColumnSample column, DecimalMark mark) {
    List<String> values = column.withBlanksAsNulls().values().stream().map(String::strip).toList();
    if (values.isEmpty()) {
      return plain(Kind.TEXT);
    }
    if (all(values, text -> BOOLEAN.matcher(text).matches())) {
      return plain(Kind.BOOLEAN);
    }
    List<String> pointed = values.stream().map(mark::pointed).toList();
    if (Share.most(pointed, Inference::isNumber)) {
      return number(pointed);
    }
    if (all(values, Inference::isUuid)) {
      return plain(Kind.UUID);
    }
    if (all(values, Inference::isJson)) {
      return plain(Kind.JSONB);
    }
    return TimeDetector.detect(values)
        .filter(finding -> finding.certainty() == TimeDetector.Certainty.WRITTEN)
        .map(finding -> time(values, finding.format()))
        .orElseGet(() -> plain(Kind.TEXT));
  }

  private static Inference number(List<String> values) {
    List<String> numbers = values.stream().filter(Inference::isNumber).toList();
    List<String> finite = numbers.stream().filter(Numbers::isDecimal).toList();
    long misfits = values.size() - numbers.size();
    Kind kind = Kind.DOUBLE;
    if (numbers.size() == finite.size() && all(finite, Numbers::isInteger)) {
      kind = all(finite, Inference::isLong) ? Kind.BIGINT : Kind.NUMERIC;
    } else if (!all(finite, Numbers::isExactAsDouble)) {
      kind = Kind.NUMERIC;
    }
    return new Inference(ColumnType.of(kind), Optional.empty(), misfits);
  }

  private static Inference time(List<String> values, TimeFormat format) {
    boolean dates = true;
    long misfits = 0;
    for (String text : values) {
      try {
        Moment moment = format.parse(text);
        dates &= moment.offset() == null && moment.local().toLocalTime().toSecondOfDay() == 0;
      } catch (Unfit e) {
        misfits++;
      }
    }
    ColumnType type = ColumnType.of(dates ? Kind.DATE : Kind.TIMESTAMPTZ);
    return new Inference(type, Optional.of(format), misfits);
  }

  private static Inference plain(Kind kind) {
    return new Inference(ColumnType.of(kind), Optional.empty(), 0);
  }

  private static boolean all(List<String> values, Predicate<String> test) {
    return values.stream().allMatch(test);
  }

  private static boolean isNumber(String text) {
    return Numbers.isDecimal(text) || Numbers.isSpecial(text);
  }

  private static boolean isLong(String integer) {
    try {
      Long.parseLong(integer);
      return true;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  /** Whether the text is a UUID as the database writes it; the JDK's parser takes more. */
  static boolean isUuid(String text) {
    return UUID.matcher(text).matches();
  }

  /** Whether the text is one JSON object or array. */
  private static boolean isJson(String text) {
    return (text.startsWith("{") || text.startsWith("[")) && isJsonValue(text);
  }

  /** Whether the text is one JSON value of any kind. */
  static boolean isJsonValue(String text) {
    try (JsonParser parser = JSON.createParser(text)) {
      if (parser.nextToken() == null) {
        return false;
      }
      parser.skipChildren();
      return parser.nextToken() == null;
    } catch (IOException e) {
      return false;
    }
  }
}
