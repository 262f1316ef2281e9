package io.varve.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A Java process of its own that uses a server; see {@link UserProgram}. */
final class UserProcess {

  private final Process process;
  private final BufferedReader output;

  private UserProcess(Process process) {
    this.process = process;
    this.output = process.inputReader();
  }

  static UserProcess run(List<String> launcher, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(launcher);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-Xmx96m"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(UserProgram.class.getName());
    command.addAll(List.of(arguments));
    return new UserProcess(
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
  }

  String readLine() throws IOException {
    return output.readLine();
  }

  /** The URL of the server it has joined. */
  String url() throws IOException {
    String line = readLine();
    assertThat(line).startsWith(UserProgram.JOINED);
    return line.substring(UserProgram.JOINED.length());
  }

  /** Lets it close the server and end. */
  void close() throws IOException {
    end("close\n");
  }

  /** Lets it end without closing the server. */
  void exit() throws IOException {
    end("exit\n");
  }

  private void end(String command) throws IOException {
    process.outputWriter().append(command).flush();
    awaitEnd();
    assertThat(process.exitValue()).isZero();
  }

  void terminate() {
    process.destroy();
    awaitEnd();
  }

  void kill() {
    process.destroyForcibly();
    awaitEnd();
  }

  void killDescendant(String program) {
    process
        .descendants()
        .filter(each -> each.info().command().orElse("").endsWith("/" + program))
        .forEach(ProcessHandle::destroyForcibly);
  }

  void awaitEnd() {
    Sandbox.await(() -> !process.isAlive());
  }
}
