package io.varve.testkit;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives a test class its own {@link TestDatabase}. The server is started once per run and stopped
 * at its end; the database is made on first use, shared by the class with its nested classes, and
 * dropped after it. A class that leaves a session open fails.
 */
public final class DatabaseExtension implements ParameterResolver {

  private static final Namespace NAMESPACE = Namespace.create(DatabaseExtension.class);

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == TestDatabase.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return database(context);
  }

  /** The database of the test class that runs, for extensions that make something in it. */
  public static TestDatabase database(ExtensionContext context) {
    ExtensionContext owner = outermostClass(context);
    TestServer server =
        context
            .getRoot()
            .getStore(NAMESPACE)
            .computeIfAbsent(
                TestServer.class, key -> TestServer.fromProperties(), TestServer.class);
    return owner
        .getStore(NAMESPACE)
        .computeIfAbsent(
            FreshDatabase.class,
            key -> server.createDatabase(owner.getRequiredTestClass().getSimpleName()),
            FreshDatabase.class)
        .database();
  }

  private static ExtensionContext outermostClass(ExtensionContext context) {
    ExtensionContext owner = context;
    while (owner.getParent().flatMap(ExtensionContext::getTestClass).isPresent()) {
      owner = owner.getParent().orElseThrow();
    }
    return owner;
  }
}
