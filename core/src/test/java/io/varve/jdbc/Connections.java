package io.varve.jdbc;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A data source double whose connections write down what is done to them, and fail where they are
 * told to.
 */
public final class Connections implements DataSourceAdapter {

  private final List<String> calls = new ArrayList<>();
  private final Map<String, SQLException> failures = new HashMap<>();
  private boolean autoCommit = true;

  /** Everything called so far, such as {@code setAutoCommit(false)}. */
  public List<String> calls() {
    return calls;
  }

  /** Makes that call fail. */
  public Connections failing(String call, SQLException failure) {
    failures.put(call, failure);
    return this;
  }

  /** Hands out connections with autocommit off. */
  public Connections inTransactions() {
    autoCommit = false;
    return this;
  }

  @Override
  public Connection getConnection() throws SQLException {
    note("open");
    return (Connection)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("getAutoCommit")) {
                return autoCommit;
              }
              note(method.getName() + (arguments == null ? "" : "(" + arguments[0] + ")"));
              return method.getReturnType() == boolean.class ? true : null;
            });
  }

  private void note(String call) throws SQLException {
    calls.add(call);
    if (failures.containsKey(call)) {
      throw failures.get(call);
    }
  }
}
