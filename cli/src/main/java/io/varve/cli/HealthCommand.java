package io.varve.cli;

import io.varve.Capabilities;
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
    description = "Ask the database for a sign of life; exits with 4 if there is none.")
final class HealthCommand extends BaseCommand {

  @Override
  ExitCode run(Shell shell) {
    Map<String, Object> state = new LinkedHashMap<>();
    try (Varve varve = open(shell)) {
      describe(varve, state);
    } catch (VarveException e) {
      if (ExitCode.of(e) != ExitCode.UNREACHABLE || !root().isJson()) {
        throw e;
      }
      state.put("status", "down");
      state.put("problem", e.getMessage());
    }
    print(shell, state);
    return "up".equals(state.get("status")) ? ExitCode.OK : ExitCode.UNREACHABLE;
  }

  private static void describe(Varve varve, Map<String, Object> state) {
    varve.health(); // the first round trip pays for opening the pool
    Health health = varve.health();
    state.put("status", health.status().name().toLowerCase(Locale.ROOT));
    health.problem().ifPresent(problem -> state.put("problem", problem));
    Capabilities capabilities = varve.capabilities();
    state.put("server", capabilities.tier().title());
    state.put("tier", capabilities.tier().name().toLowerCase(Locale.ROOT));
    state.put("postgresql", capabilities.postgresVersion());
    capabilities.timescaleVersion().ifPresent(version -> state.put("timescaledb", version));
    Toolkit.Status toolkit = varve.toolkit().status();
    state.put("toolkit", toolkit.installed());
    state.put("toolkitAvailable", toolkit.available());
    state.put("roundTripMillis", health.roundTrip().toNanos() / 10_000 / 100.0);
  }

  private void print(Shell shell, Map<String, Object> state) {
    if (root().isJson()) {
      shell.out().println(JsonDocument.of(state));
      return;
    }
    boolean up = "up".equals(state.get("status"));
    shell
        .out()
        .println(
            "status      "
                + (up
                    ? shell.style().green("up")
                    : shell.style().red("down " + state.get("problem"))));
    shell.out().println("server      " + server(state));
    shell.out().println("toolkit     " + toolkit(state));
    shell.out().println("round trip  " + state.get("roundTripMillis") + " ms");
  }

  private static String server(Map<String, Object> state) {
    Object timescale = state.get("timescaledb");
    return timescale == null
        ? state.get("server") + " " + state.get("postgresql")
        : "%s %s on PostgreSQL %s"
            .formatted(state.get("server"), timescale, state.get("postgresql"));
  }

  private static String toolkit(Map<String, Object> state) {
    if (state.get("toolkit").equals(state.get("toolkitAvailable"))) {
      return "version " + state.get("toolkit") + ", current";
    }
    return state.get("toolkit").equals(0)
        ? "not installed; varve install does, and so does the first table"
        : "version %s of %s; varve install upgrades it"
            .formatted(state.get("toolkit"), state.get("toolkitAvailable"));
  }
}
