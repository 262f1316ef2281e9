package io.varve.query;

import io.varve.MappingException;
import io.varve.model.Json;
import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.Period;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Makes {@link Argument}s of Java's values: the one list of what can be bound. What PostgreSQL
 * would change on the way is refused.
 */
final class ArgumentReader {

  private static final String SUPPORTED =
      "expected null, a boolean, a number, String, an enum, UUID, Instant, LocalDateTime, LocalDate,"
          + " Duration, Period, byte[] or Json, or a Collection or an array of one of them";

  /** In full: the driver looks this type up, and takes a table of its name for it. */
  private static final String INTERVAL = "pg_catalog.interval";

  private final String subject;

  /**
   * @param subject the parameter, for messages
   */
  ArgumentReader(String subject) {
    this.subject = subject;
  }

  Argument read(@Nullable Object value) {
    if (value == null) {
      return new Argument(null, null, false);
    }
    if (value instanceof Collection<?> elements) {
      return array(new ArrayList<>(elements));
    }
    return isArray(value) ? array(elements(value)) : single(value);
  }

  private static boolean isArray(Object value) {
    return value.getClass().isArray() && !(value instanceof byte[]);
  }

  private static List<@Nullable Object> elements(Object array) {
    List<@Nullable Object> elements = new ArrayList<>();
    for (int i = 0; i < Array.getLength(array); i++) {
      elements.add(Array.get(array, i));
    }
    return elements;
  }

  /** Where no element tells the type, the server finds it out. */
  private Argument array(List<@Nullable Object> values) {
    List<String> texts = new ArrayList<>();
    TreeSet<String> types = new TreeSet<>();
    for (Object value : values) {
      if (value == null) {
        texts.add("NULL");
      } else {
        Argument element = single(value);
        texts.add(TextLiteral.quoted(String.valueOf(element.text())));
        types.add(element.type() == null ? "text" : element.type());
      }
    }
    if (types.size() > 1) {
      throw refusal("an array of %s; expected elements of one type".formatted(types));
    }
    boolean untyped = types.isEmpty() || types.first().equals("text");
    return new Argument(
        untyped ? null : types.first() + "[]", "{" + String.join(",", texts) + "}", true);
  }

  private Argument single(Object value) {
    if (value instanceof String string) {
      return text(string);
    } else if (value instanceof Enum<?> constant) {
      return text(constant.name());
    } else if (value instanceof Boolean) {
      return typed("bool", value.toString());
    } else if (value instanceof Number number) {
      return number(number);
    } else if (value instanceof UUID) {
      return typed("uuid", value.toString());
    } else if (value instanceof Json json) {
      return typed("jsonb", encodable(json.text()));
    } else if (value instanceof byte[] bytes) {
      return typed("bytea", TextLiteral.of(bytes));
    }
    return time(value);
  }

  private static Argument typed(String type, String text) {
    return new Argument(type, text, false);
  }

  private Argument text(String text) {
    return new Argument(null, encodable(text), false);
  }

  private String encodable(String text) {
    if (!TextLiteral.isHeld(text)) {
      throw refusal("text that is no UTF-8 or has a NUL; expected text PostgreSQL can hold");
    }
    return text;
  }

  private Argument number(Number number) {
    if (number instanceof Byte || number instanceof Short) {
      return typed("int2", number.toString());
    } else if (number instanceof Integer) {
      return typed("int4", number.toString());
    } else if (number instanceof Long) {
      return typed("int8", number.toString());
    } else if (number instanceof Float) {
      return typed("float4", number.toString());
    } else if (number instanceof Double) {
      return typed("float8", number.toString());
    } else if (number instanceof BigInteger || number instanceof BigDecimal) {
      return typed("numeric", number.toString());
    }
    throw unsupported(number);
  }

  private Argument time(Object value) {
    if (value instanceof Instant instant) {
      return typed("timestamptz", held(TimeLiteral.exact(instant), value));
    } else if (value instanceof LocalDateTime time) {
      return typed("timestamp", held(TimeLiteral.exact(time), value));
    } else if (value instanceof LocalDate date) {
      return typed("date", held(TimeLiteral.exact(date), value));
    } else if (value instanceof Duration duration) {
      return typed(INTERVAL, interval(duration));
    } else if (value instanceof Period period) {
      return typed(INTERVAL, interval(period));
    }
    throw unsupported(value);
  }

  private String held(Optional<String> text, Object value) {
    return text.orElseThrow(
        () ->
            refusal(
                "%s; expected a time within PostgreSQL's calendar and no finer than a microsecond: truncatedTo(ChronoUnit.MICROS)"
                    .formatted(value)));
  }

  /** In one field, whose sign is the whole interval's in every {@code IntervalStyle}. */
  private String interval(Duration duration) {
    boolean inRange = duration.abs().getSeconds() <= Long.MAX_VALUE / 1_000_000;
    if (!inRange || duration.getNano() % 1000 != 0) {
      throw refusal(
          "%s; expected a duration of whole microseconds, of 292,271 years at most"
              .formatted(duration));
    }
    Duration size = duration.abs();
    return String.format(
        Locale.ROOT,
        "%s%d:%02d:%02d.%06d",
        duration.isNegative() ? "-" : "",
        size.toHours(),
        size.toMinutesPart(),
        size.toSecondsPart(),
        size.toNanosPart() / 1000);
  }

  /** Each field with a sign, because a sign at the start may be taken for all. */
  private static String interval(Period period) {
    return String.format(
        Locale.ROOT,
        "%+d years %+d mons %+d days",
        period.getYears(),
        period.getMonths(),
        period.getDays());
  }

  private MappingException unsupported(Object value) {
    boolean zoned = value instanceof OffsetDateTime || value instanceof ZonedDateTime;
    return refusal(
        "a value of class %s; %s"
            .formatted(
                value.getClass().getName(),
                zoned ? "PostgreSQL does not keep the zone: use toInstant()" : SUPPORTED));
  }

  private MappingException refusal(String found) {
    return new MappingException("%s: %s".formatted(subject, found));
  }
}
