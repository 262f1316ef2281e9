package io.varve.cli.ingest;

import io.varve.cli.csv.DecimalMark;
import io.varve.cli.csv.LocalZone;
import io.varve.cli.csv.TimeFormat;
import io.varve.model.ColumnType;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the user said about the table; what is not said is found from the file.
 *
 * @param table {@code table} or {@code schema.table}
 * @param time the time column
 * @param timeFormat how it is written
 * @param zone the zone of times without an offset
 * @param types types of columns, by name
 * @param dimensions columns that are dimensions
 * @param measures columns that are measures
 * @param tags columns with the same text in every row
 * @param chunk width of a chunk
 * @param decimal the decimal mark of the file's numbers
 * @param onConflict what becomes of rows whose key is there; but for errors there must be a key
 */
public record IngestRequest(
    String table,
    @Nullable String time,
    @Nullable TimeFormat timeFormat,
    LocalZone zone,
    Map<String, ColumnType> types,
    List<String> dimensions,
    List<String> measures,
    Map<String, String> tags,
    @Nullable String chunk,
    DecimalMark decimal,
    OnConflict onConflict) {

  public IngestRequest {
    types = Map.copyOf(types);
    dimensions = List.copyOf(dimensions);
    measures = List.copyOf(measures);
    tags = Collections.unmodifiableMap(new LinkedHashMap<>(tags));
  }
}
