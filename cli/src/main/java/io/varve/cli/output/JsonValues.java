package io.varve.cli.output;

import com.fasterxml.jackson.core.JsonGenerator;
import io.varve.model.Json;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Values as JSON: numbers exactly, NaN and infinities as strings, times as ISO 8601 in UTC, jsonb
 * as the document it is, bytea in Base64.
 */
final class JsonValues {

  private final Values texts = Values.utc();

  void write(JsonGenerator json, @Nullable Object value) throws IOException {
    if (value == null) {
      json.writeNull();
    } else if (value instanceof Boolean bool) {
      json.writeBoolean(bool);
    } else if (value instanceof Number number) {
      writeNumber(json, number);
    } else if (value instanceof Json document) {
      json.writeRawValue(oneLine(document.text()));
    } else if (value instanceof byte[] bytes) {
      json.writeString(Base64.getEncoder().encodeToString(bytes));
    } else if (value instanceof List<?> list) {
      writeArray(json, list);
    } else if (value instanceof Map<?, ?> map) {
      writeObject(json, map);
    } else {
      json.writeString(texts.text(value));
    }
  }

  /** Within a document line breaks are only ever blanks between its parts: texts escape them. */
  private static String oneLine(String document) {
    return document.replace('\n', ' ').replace('\r', ' ');
  }

  private static void writeNumber(JsonGenerator json, Number number) throws IOException {
    if (number instanceof Double value) {
      json.writeNumber(value.doubleValue());
    } else if (number instanceof Float value) {
      json.writeNumber(value.floatValue());
    } else if (number instanceof BigDecimal value) {
      json.writeNumber(value);
    } else {
      json.writeNumber(number.longValue());
    }
  }

  private void writeArray(JsonGenerator json, List<?> list) throws IOException {
    json.writeStartArray();
    for (Object element : list) {
      write(json, element);
    }
    json.writeEndArray();
  }

  private void writeObject(JsonGenerator json, Map<?, ?> map) throws IOException {
    json.writeStartObject();
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      json.writeFieldName(String.valueOf(entry.getKey()));
      write(json, entry.getValue());
    }
    json.writeEndObject();
  }
}
