/**
 * Reading CSV that nobody prepared: encoding, delimiter, header, types and the time column are
 * found from the content. Start at {@link io.varve.cli.csv.CsvInput}.
 */
@NullMarked
package io.varve.cli.csv;

import org.jspecify.annotations.NullMarked;
