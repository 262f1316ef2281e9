package io.varve.model;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The time of a row: {@code Instant} (timestamptz), {@code LocalDateTime} (timestamp), {@code
 * LocalDate} (date) or {@code long} (bigint). Exactly one per record.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Time {

  /** The column; default: the component's name in snake case. */
  String value() default "";
}
