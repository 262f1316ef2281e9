package io.varve.cli;

import io.varve.cli.shell.Shell;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Runs command lines in this process and keeps what they print. */
final class CommandLineFixture {

  /**
   * What a command left behind.
   *
   * @param code the exit code
   * @param out standard output
   * @param err standard error
   */
  record Outcome(int code, String out, String err) {}

  private final Map<String, String> env = new HashMap<>();
  private Set<String> terminals = Set.of();
  private byte[] input = new byte[0];

  CommandLineFixture() {
    env.put("VARVE_HOME", "/nonexistent/varve");
  }

  CommandLineFixture env(String name, String value) {
    env.put(name, value);
    return this;
  }

  CommandLineFixture terminals(String... names) {
    terminals = Set.of(names);
    return this;
  }

  CommandLineFixture input(String text) {
    return input(text.getBytes(StandardCharsets.UTF_8));
  }

  CommandLineFixture input(byte[] bytes) {
    input = bytes;
    return this;
  }

  Outcome run(String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code = Main.run(args, Shell.of(new ByteArrayInputStream(input), out, err, env, terminals));
    return new Outcome(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
