package io.varve.cli;
import picocli.CommandLine;
@CommandLine.Command(name="varve", subcommands={Main.V.class})
public final class Main {
 @CommandLine.Command(name="version") static final class V implements Runnable { public void run(){ System.out.println("varve"); } }
 public static void main(String[] a){ System.exit(new CommandLine(new Main()).execute(a)); }
}
