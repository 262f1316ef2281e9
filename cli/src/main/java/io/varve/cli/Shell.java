package io.varve.cli;

import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a command sees of the world around it.
 *
 * @param in standard input
 * @param out standard output: data, always UTF-8
 * @param err standard error: messages
 * @param env environment variables
 * @param terminals which of {@code in}, {@code out}, {@code err} are terminals
 */
public record Shell(
    InputStream in,
    OutputStream out,
    PrintStream err,
    Map<String, String> env,
    Set<String> terminals) {

  private static final int DEFAULT_WIDTH = 80;

  public Shell {
    env = Map.copyOf(env);
    terminals = Set.copyOf(terminals);
  }

  /** A shell without terminals. */
  public static Shell of(
      InputStream in, OutputStream out, OutputStream err, Map<String, String> env) {
    return new Shell(
        in, out, new PrintStream(err, true, StandardCharsets.UTF_8), env, Set.of());
  }

  /** The variable, or null if it is unset or empty. */
  public @Nullable String variable(String name) {
    String value = env.get(name);
    return value == null || value.isEmpty() ? null : value;
  }

  public boolean isInTerminal() {
    return terminals.contains("in");
  }

  public boolean isOutTerminal() {
    return terminals.contains("out");
  }

  public boolean isErrTerminal() {
    return terminals.contains("err");
  }

  /** Columns of the terminal. */
  public int width() {
    String columns = variable("COLUMNS");
    return columns != null && columns.matches("[1-9][0-9]{1,3}")
        ? Integer.parseInt(columns)
        : DEFAULT_WIDTH;
  }

  /** Whether the locale can show more than ASCII; a pipe or file gets UTF-8 in any case. */
  public boolean isUnicode() {
    if (!isOutTerminal() && !isErrTerminal()) {
      return true;
    }
    String locale = firstOf("LC_ALL", "LC_CTYPE", "LANG");
    return locale != null && locale.toUpperCase(Locale.ROOT).replace("-", "").contains("UTF8");
  }

  /** Whether standard output takes colours, by NO_COLOR, CLICOLOR_FORCE and the terminal. */
  public boolean isColored() {
    if (variable("NO_COLOR") != null) {
      return false;
    }
    String force = variable("CLICOLOR_FORCE");
    if (force != null && !force.equals("0")) {
      return true;
    }
    return isOutTerminal() && !"dumb".equals(variable("TERM")) && !"0".equals(variable("CLICOLOR"));
  }

  private @Nullable String firstOf(String... names) {
    for (String name : names) {
      String value = variable(name);
      if (value != null) {
        return value;
      }
    }
    return null;
  }

  /** The encoding of everything written to {@link #out}. */
  public Charset charset() {
    return StandardCharsets.UTF_8;
  }
}
