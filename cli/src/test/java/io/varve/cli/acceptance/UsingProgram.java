package io.varve.cli.acceptance;

import io.varve.Varve;
import java.io.IOException;
import java.nio.file.Path;

/** Uses the local database of a directory until its standard input ends. */
final class UsingProgram {

  private UsingProgram() {}

  public static void main(String[] arguments) throws IOException {
    try (Varve varve = Varve.embedded(Path.of(arguments[0]))) {
      System.out.println(varve.capabilities().postgresVersion());
      System.out.flush();
      System.in.readAllBytes();
    }
  }
}
