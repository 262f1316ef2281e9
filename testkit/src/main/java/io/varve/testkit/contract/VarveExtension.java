package io.varve.testkit.contract;

import io.varve.Varve;
import io.varve.testkit.DatabaseExtension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives each test a {@link Varve} of its own on its class's database, in its constructor. After the
 * test, hypertables are dropped and it is closed, whatever the test has come to.
 */
final class VarveExtension implements ParameterResolver {

  private static final Namespace NAMESPACE = Namespace.create(VarveExtension.class);

  /** What a constructor is given belongs to the test, not to the class. */
  @Override
  public ExtensionContextScope getTestInstantiationExtensionContextScope(ExtensionContext root) {
    return ExtensionContextScope.TEST_METHOD;
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Varve.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return context
        .getStore(NAMESPACE)
        .computeIfAbsent(
            Lease.class,
            key -> new Lease(DatabaseExtension.database(context).connect()),
            Lease.class)
        .varve();
  }

  private record Lease(Varve varve) implements AutoCloseable {

    @Override
    public void close() {
      try (varve) {
        Sql.dropHypertables(varve);
      }
    }
  }
}
