package io.varve.cli.csv;

/** In which order a date names its parts. */
enum DateOrder {
  YEAR_MONTH_DAY("year-month-day"),
  DAY_MONTH_YEAR("day-month-year"),
  MONTH_DAY_YEAR("month-day-year");

  private final String title;

  DateOrder(String title) {
    this.title = title;
  }

  String title() {
    return title;
  }
}
