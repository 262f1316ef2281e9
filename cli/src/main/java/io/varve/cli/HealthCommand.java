package io.varve.cli;

import io.varve.Capabilities;
import io.varve.Capability;
import io.varve.Toolkit;
import io.varve.Varve;
import io.varve.VarveException;
import io.varve.cli.output.JsonDocument;
import io.varve.cli.shell.ExitCode;
import io.varve.cli.shell.Shell;
import io.varve.health.Health;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;

/** {@code varve health}. */
@Command(
    name = "health",
    description =
        "Ask the database for a sign of life, and what it can do; exits with 4 if there is none.")
final class HealthCommand extends BaseCommand {

  /** Everything that is told. */
  private record State(Health health, Capabilities capabilities, Toolkit.Status toolkit) {

    static State of(Varve varve) {
      varve.health(); // the first round trip pays for opening the pool
      return new State(varve.health(), varve.capabilities(), varve.toolkit().status());
    }

    boolean isUp() {
      return health.status() == Health.Status.UP;
    }

    double roundTripMillis() {
      return health.roundTrip().toNanos() / 10_000 / 100.0;
    }
  }

  @Override
  ExitCode run(Shell shell) {
    try (Varve varve = open(shell)) {
      State state = State.of(varve);
      if (root().isJson()) {
        shell.out().println(JsonDocument.of(document(state)));
      } else {
        print(shell, state);
      }
      return state.isUp() ? ExitCode.OK : ExitCode.UNREACHABLE;
    } catch (VarveException e) {
      if (ExitCode.of(e) != ExitCode.UNREACHABLE || !root().isJson()) {
        throw e;
      }
      Map<String, Object> down = new LinkedHashMap<>();
      down.put("status", "down");
      down.put("problem", e.getMessage());
      shell.out().println(JsonDocument.of(down));
      return ExitCode.UNREACHABLE;
    }
  }

  private static Map<String, Object> document(State state) {
    Capabilities capabilities = state.capabilities();
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("status", lower(state.health().status()));
    state.health().problem().ifPresent(problem -> document.put("problem", problem));
    document.put("server", capabilities.tier().title());
    document.put("tier", lower(capabilities.tier()));
    document.put("postgresql", capabilities.postgresVersion());
    capabilities.timescaleVersion().ifPresent(version -> document.put("timescaledb", version));
    document.put("toolkit", state.toolkit().installed());
    document.put("toolkitAvailable", state.toolkit().available());
    document.put("roundTripMillis", state.roundTripMillis());
    Map<String, Object> entries = new LinkedHashMap<>();
    capabilities.entries().forEach((each, entry) -> entries.put(lower(each), document(entry)));
    document.put("capabilities", entries);
    return document;
  }

  private static Map<String, Object> document(Capabilities.Entry entry) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("support", lower(entry.support()));
    document.put("explanation", entry.explanation());
    return document;
  }

  private static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private static void print(Shell shell, State state) {
    String problem = state.health().problem().orElse("");
    String status = state.isUp() ? shell.style().green("up") : shell.style().red("down " + problem);
    shell.out().println("status      " + status);
    shell.out().println("server      " + server(state.capabilities()));
    shell.out().println("toolkit     " + toolkit(state.toolkit()));
    shell.out().println("round trip  " + state.roundTripMillis() + " ms");
    shell.out().println("");
    state
        .capabilities()
        .entries()
        .forEach((capability, entry) -> shell.out().println(line(capability, entry)));
  }

  private static String server(Capabilities capabilities) {
    String title = capabilities.tier().title();
    return capabilities
        .timescaleVersion()
        .map(version -> title + " " + version + " on PostgreSQL " + capabilities.postgresVersion())
        .orElse(title + " " + capabilities.postgresVersion());
  }

  private static String toolkit(Toolkit.Status toolkit) {
    if (toolkit.isCurrent()) {
      return "version " + toolkit.installed() + ", current";
    }
    if (toolkit.installed() == 0) {
      return "not installed; varve install does, and so does the first table";
    }
    return toolkit.installed() > toolkit.available()
        ? "version %s, newer than this varve's %s and used as it is"
            .formatted(toolkit.installed(), toolkit.available())
        : "version %s of %s; varve install upgrades it"
            .formatted(toolkit.installed(), toolkit.available());
  }

  private static String line(Capability capability, Capabilities.Entry entry) {
    return "%-24s%-10s%s"
        .formatted(capability.title(), lower(entry.support()), entry.explanation());
  }
}
