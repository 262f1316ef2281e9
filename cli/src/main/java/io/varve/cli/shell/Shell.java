package io.varve.cli.shell;

import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
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
 * @param interruption whether the user wants it to end
 */
public record Shell(
    InputStream in,
    StandardOutput out,
    PrintStream err,
    Map<String, String> env,
    Set<String> terminals,
    Interruption interruption) {

  private static final int DEFAULT_WIDTH = 80;

  public Shell {
    env = Map.copyOf(env);
    terminals = Set.copyOf(terminals);
  }

  /** A shell on these streams. */
  public static Shell of(
      InputStream in,
      OutputStream out,
      OutputStream err,
      Map<String, String> env,
      Set<String> terminals) {
    return new Shell(
        in,
        new StandardOutput(out),
        new PrintStream(err, true, StandardCharsets.UTF_8),
        env,
        terminals,
        new Interruption());
  }

  /** The same with NO_COLOR set. */
  public Shell withoutColor() {
    Map<String, String> changed = new HashMap<>(env);
    changed.put("NO_COLOR", "1");
    return new Shell(in, out, err, changed, terminals, interruption);
  }

  /** The variable, or null if it is unset or empty. */
  public @Nullable String variable(String name) {
    String value = env.get(name);
    return value == null || value.isEmpty() ? null : value;
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

  /** How this program was called, for commands that are shown to be copied. */
  public String program() {
    String called = variable("VARVE_COMMAND");
    return called == null ? "varve" : called;
  }

  /** A line for the user, on standard error. */
  public void say(String message) {
    err.println("varve: " + message);
  }

  /** What standard output can show, by NO_COLOR, CLICOLOR_FORCE, the locale and the terminal. */
  public TextStyle style() {
    return new TextStyle(isColored(), isUnicode());
  }

  private boolean isColored() {
    if (variable("NO_COLOR") != null) {
      return false;
    }
    String force = variable("CLICOLOR_FORCE");
    if (force != null && !force.equals("0")) {
      return true;
    }
    return isOutTerminal() && !"dumb".equals(variable("TERM")) && !"0".equals(variable("CLICOLOR"));
  }

  /** Whether the locale shows more than ASCII; an unknown one, as of a service, is taken to. */
  private boolean isUnicode() {
    for (String name : new String[] {"LC_ALL", "LC_CTYPE", "LANG"}) {
      String locale = variable(name);
      if (locale != null) {
        return locale.toUpperCase(Locale.ROOT).replace("-", "").contains("UTF8");
      }
    }
    return !isOutTerminal();
  }
}
