package io.varve.series;

import io.varve.Capabilities;
import io.varve.model.HypertableInfo;
import java.util.List;

/**
 * What the server is, and what the client has there.
 *
 * @param server the kind of server, its versions and what it can do
 * @param tables the client's tables that exist, by name
 * @param indexes their indexes, by table and name
 */
public record SchemaInfo(Capabilities server, List<HypertableInfo> tables, List<Index> indexes) {

  public SchemaInfo {
    tables = List.copyOf(tables);
    indexes = List.copyOf(indexes);
  }

  /**
   * An index.
   *
   * @param definition the statement that creates it
   */
  public record Index(String tableName, String name, boolean isUnique, String definition) {}
}
