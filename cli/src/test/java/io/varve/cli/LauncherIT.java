package io.varve.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The launcher as a process, in a directory of its own that looks like the repository after a
 * build. It never builds here: where it wants to, it finds a Maven that only says so.
 */
class LauncherIT {

  private static final Path MODULE = Path.of("").toAbsolutePath();

  @TempDir private Path directory;

  private Path repository;

  private record Outcome(int code, String out, String err) {}

  @BeforeEach
  void layOut() throws IOException {
    repository = Files.createDirectories(directory.resolve("a repository"));
    Files.copy(MODULE.resolveSibling("varve"), repository.resolve("varve"));
    Files.setPosixFilePermissions(
        repository.resolve("varve"), PosixFilePermissions.fromString("rwxr-xr-x"));
    Path target = Files.createDirectories(repository.resolve("cli/target"));
    Files.createSymbolicLink(target.resolve("lib"), MODULE.resolve("target/lib"));
    Files.copy(MODULE.resolve("target/varve-cli.jar"), target.resolve("varve-cli.jar"));
    Files.createDirectories(repository.resolve("core/src/main"));
    Files.createDirectories(repository.resolve("embedded/src/main"));
    Files.createDirectories(repository.resolve("cli/src/main"));
    for (String pom : List.of("pom.xml", "core/pom.xml", "embedded/pom.xml", "cli/pom.xml")) {
      Files.createFile(repository.resolve(pom));
    }
    Files.createFile(target.resolve("varve.stamp"));
  }

  @Test
  void runsTheCommand() throws IOException {
    Outcome outcome = bash("./varve version");

    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out()).startsWith("varve 0.");
    assertThat(outcome.code()).isZero();
  }

  @Test
  void passesArgumentsStreamsAndExitCodeOn() throws IOException {
    Outcome outcome =
        bash(
            "printf 'time,a b\\n2024-01-01,\"x  y\"\\n'"
                + " | ./varve ingest - --dry-run --table 't t' --tag 'n=a  \"b\" $c'");

    assertThat(outcome.out()).contains("would create table t t").contains("always a  \"b\" $c");
    assertThat(outcome.code()).isZero();
    assertThat(bash("./varve nonsense").code()).isEqualTo(2);
    assertThat(bash("./varve nonsense 2>/dev/null").err()).isEmpty();
  }

  @Test
  void runsFromAnywhereAndThroughSymbolicLinks() throws IOException {
    bash(
        "mkdir -p 'other place/bin'; ln -s '../../varve' 'other place/bin/v1'; ln -s v1 'other place/bin/v2'");

    assertThat(bash("cd / && '" + repository + "/varve' version").code()).isZero();
    assertThat(bash("cd 'other place' && bin/v2 version").out()).startsWith("varve 0.");
    assertThat(bash("PATH=\"$PWD/other place/bin:$PATH\" && cd / && v2 version").code()).isZero();
  }

  @Test
  void aClosedPipeIsSilent() throws IOException {
    Outcome outcome = bash("./varve --help | head -n 0; echo ${PIPESTATUS[0]}");

    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out()).isEqualTo("141\n");
  }

  @Test
  void refusesAJavaThatIsNone() throws IOException {
    Outcome outcome = bash("VARVE_JAVA_HOME=/nonexistent ./varve version");

    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.err())
        .isEqualTo(
            "varve: VARVE_JAVA_HOME=/nonexistent holds no Java 17 or newer; set it to one, or unset"
                + " it\n");
  }

  @Test
  void passesOptionsToTheJvm() throws IOException {
    assertThat(bash("VARVE_JAVA_OPTS='-Xmx300m -XX:+PrintFlagsFinal' ./varve version").out())
        .containsPattern("MaxHeapSize += 314572800");
  }

  @Test
  void buildsAfterAChangeAndOnlyOnce() throws IOException {
    fakeMaven("sleep 1; echo '[INFO] Building Varve core 0.1.0-SNAPSHOT   [2/5]'");
    touchSources();

    Outcome outcome = bash("./varve version & ./varve version & wait; cat cli/target/mvn.calls");

    assertThat(outcome.out())
        .containsOnlyOnce("-pl cli -am -DskipTests package")
        .contains("varve 0.");
    assertThat(outcome.err())
        .containsOnlyOnce("varve: the sources have changed: building")
        .contains("varve:   [2/5] Varve core");
    assertThat(bash("./varve version").err()).isEmpty();
  }

  @Test
  void aLockOfAKilledBuildIsNotWaitedFor() throws IOException {
    fakeMaven("true");
    touchSources();
    bash(
        "mkdir tools && ln -s /usr/bin/* tools/ && rm tools/flock;"
            + " sleep 0 & wait $!; ln -s $! cli/target/.varve.lock.pid");

    Outcome outcome =
        bash(
            "PATH=$PWD/bin:$PWD/tools;"
                + " ./varve version & ./varve version & wait; ls -A cli/target; cat cli/target/mvn.calls");

    assertThat(outcome.out())
        .containsOnlyOnce("-pl cli -am -DskipTests package")
        .contains("varve 0.")
        .doesNotContain(".lock.pid");
  }

  @Test
  void classesComeFromAnArchiveMadeOnFirstUse() throws IOException {
    // The JVM archives no class of a path with a blank.
    bash("cp -a . ../plain");
    String withArchive =
        "unset VARVE_NO_ARCHIVE; export VARVE_JAVA_OPTS=-Xlog:class+load:file=loaded;"
            + " cd ../plain && ./varve version";

    assertThat(bash(withArchive).err())
        .isEqualTo("varve: preparing a faster start, once for this Java\n");
    Outcome second = bash(withArchive + "; grep -c 'io.varve.cli.Main source: shared' loaded");

    assertThat(second.err()).isEmpty();
    assertThat(second.out()).startsWith("varve 0.").endsWith("\n1\n");
  }

  @Test
  void aBuildThatFailsSaysWhy() throws IOException {
    fakeMaven("echo '[INFO] noise'; echo '[ERROR] something is wrong'; exit 1");
    touchSources();

    Outcome outcome = bash("./varve version");

    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.err())
        .contains("[ERROR] something is wrong")
        .contains("varve: the build failed; all it said is in ")
        .doesNotContain("noise");
  }

  @Test
  void aBuildDoesNotEatStandardInput() throws IOException {
    fakeMaven("cat >/dev/null");
    touchSources();

    Outcome outcome =
        bash("printf 'time,v\\n2024-01-01,1\\n' | ./varve ingest - --dry-run --table t");

    assertThat(outcome.out()).contains("1 offered = 1 would be written");
  }

  /** A Maven that notes its arguments and does what it is told. */
  private void fakeMaven(String script) throws IOException {
    Path bin = Files.createDirectories(repository.resolve("bin"));
    Path maven = bin.resolve("mvn");
    Files.writeString(
        maven,
        "#!/bin/sh\necho \"$@\" >>'" + repository + "/cli/target/mvn.calls'\n" + script + "\n");
    Files.setPosixFilePermissions(maven, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private void touchSources() throws IOException {
    Files.setLastModifiedTime(
        repository.resolve("cli/target/varve.stamp"),
        java.nio.file.attribute.FileTime.fromMillis(0));
  }

  private Outcome bash(String script) throws IOException {
    List<String> command = new ArrayList<>(List.of("bash", "-c", script));
    ProcessBuilder builder = new ProcessBuilder(command).directory(repository.toFile());
    Map<String, String> env = builder.environment();
    env.keySet().removeIf(name -> name.startsWith("VARVE_") || name.startsWith("PG"));
    env.put("VARVE_NO_ARCHIVE", "1");
    env.put("VARVE_HOME", directory.resolve("home").toString());
    env.put("PATH", repository.resolve("bin") + ":" + env.get("PATH"));
    env.put("JAVA_HOME", System.getProperty("java.home"));
    Path out = directory.resolve("out");
    Path err = directory.resolve("err");
    Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    try {
      assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return new Outcome(
        process.exitValue(),
        Files.readString(out, StandardCharsets.UTF_8),
        Files.readString(err, StandardCharsets.UTF_8));
  }
}
