/**
 * Rows for people and programs: tables, CSV, JSON, charts. Start at {@link
 * io.varve.cli.output.RowsWriter}.
 */
@NullMarked
package io.varve.cli.output;

import org.jspecify.annotations.NullMarked;
