package io.varve.model;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Makes a record a time series: its components, in order, are the columns of one table.
 *
 * <pre>{@code
 * @TimeSeries(table = "conditions", chunk = "1 day")
 * record Reading(@Time Instant time, @Dimension String device, @Measure double temperature,
 *     @Measure Double humidity) {}
 * }</pre>
 *
 * <p>A component is a {@code boolean}, {@code short}, {@code int}, {@code long}, {@code float},
 * {@code double} or a box of it, {@code BigDecimal}, {@code String}, an enum (text: the constant's
 * name), {@code UUID}, {@link Json}, {@code byte[]}, {@code Instant}, {@code LocalDateTime} or
 * {@code LocalDate}; or an {@code Optional}, an array or a {@code List} of one of these. Each has
 * one of {@link Time}, {@link Dimension} and {@link Measure}.
 *
 * <p>A component of a primitive type is {@code NOT NULL}; so are the time and every dimension. A
 * boxed type, {@code Optional} or any other reference type of a measure may be null.
 *
 * <p>The record may be private. In a module of its own, its package must be open to Varve.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface TimeSeries {

  /** {@code table} or {@code schema.table}; default: the record's name in snake case. */
  String table() default "";

  /**
   * Width of a chunk: {@code "1 hour"}, {@code "7 days"} for timestamps and dates (dates take whole
   * days); a plain integer such as {@code "100000"} for a bigint time, which has no default.
   */
  String chunk() default "";

  /** Columns that identify a row; they must include the time. Default: no unique key. */
  String[] key() default {};
}
