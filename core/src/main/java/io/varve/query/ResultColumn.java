package io.varve.query;

import io.varve.model.ColumnType;

/**
 * A column of a result.
 *
 * @param name its name
 * @param type its type; values are of its {@link ColumnType#javaType()}
 */
public record ResultColumn(String name, ColumnType type) {}
