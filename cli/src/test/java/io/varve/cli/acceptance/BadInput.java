package io.varve.cli.acceptance;

import io.varve.testkit.OwnedServer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;

/**
 * Something a user may do wrong, and what must come of it. Unless it says otherwise it loads a file
 * into the table {@code target}, which there is not yet, as a user who may do everything.
 */
final class BadInput {

  /** Stands for the path of the file in arguments and messages. */
  static final String FILE = "{file}";

  /** Stands for the directory the file is in. */
  static final String DIRECTORY = "{directory}";

  /** Stands for any words in a message. */
  static final String ANYTHING = "…";

  private static final long NO_TABLE = -1;

  private final String name;
  private byte[] content = new byte[0];
  private List<String> arguments = List.of("ingest", FILE);
  private Function<OwnedServer, String> url = BadInput::administrator;
  private String table = "";
  private List<String> statements = List.of();
  private int exitCode = 1;
  private List<String> messages = List.of();
  private long rows = NO_TABLE;

  private BadInput(String name) {
    this.name = name;
  }

  static BadInput of(String name) {
    return new BadInput(name);
  }

  /** With these lines in the file. */
  BadInput file(String... lines) {
    return file(StandardCharsets.UTF_8, lines);
  }

  /** With these lines in the file, in an encoding. */
  BadInput file(Charset encoding, String... lines) {
    return bytes(text(lines).getBytes(encoding));
  }

  /** With that file. */
  BadInput bytes(byte... bytes) {
    content = bytes;
    return this;
  }

  /** Where the table is there already: made and filled by loading these lines. */
  BadInput intoTable(String... lines) {
    table = text(lines);
    return this;
  }

  private static String text(String... lines) {
    return String.join("\n", lines) + "\n";
  }

  /** After these statements. */
  BadInput after(String... sql) {
    statements = List.of(sql);
    return this;
  }

  /** With these arguments after {@code ingest {file}}. */
  BadInput with(String... options) {
    List<String> all = new ArrayList<>(List.of("ingest", FILE));
    Collections.addAll(all, options);
    arguments = all;
    return this;
  }

  /** With that command line. */
  BadInput line(String... all) {
    arguments = List.of(all);
    return this;
  }

  /** On another server or as another user, as {@code VARVE_URL} says. */
  BadInput on(Function<OwnedServer, String> other) {
    url = other;
    return this;
  }

  /** Ends with that code; 1 if nothing is said. */
  BadInput exits(int code) {
    exitCode = code;
    return this;
  }

  /** Standard error holds these lines, and no others. */
  BadInput says(String... lines) {
    messages = List.of(lines);
    return this;
  }

  /** So many rows are in the table then; if nothing is said, there is no table. */
  BadInput leaves(long count) {
    rows = count;
    return this;
  }

  static String administrator(OwnedServer server) {
    return login(server, server.user(), server.password());
  }

  static String login(OwnedServer server, String user, String password) {
    return "%s?user=%s&password=%s".formatted(server.url(), user, password);
  }

  byte[] content() {
    return content;
  }

  List<String> arguments() {
    return arguments;
  }

  String url(OwnedServer server) {
    return url.apply(server);
  }

  String table() {
    return table;
  }

  List<String> statements() {
    return statements;
  }

  int exitCode() {
    return exitCode;
  }

  List<String> messages() {
    return messages;
  }

  String rows() {
    return rows == NO_TABLE ? "no table" : Long.toString(rows);
  }

  @Override
  public String toString() {
    return name;
  }
}
