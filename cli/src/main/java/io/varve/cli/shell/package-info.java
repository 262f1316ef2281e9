/**
 * The world around a command: streams, terminal, environment, exit codes, Ctrl-C. Start at {@link
 * io.varve.cli.shell.Shell}.
 */
@NullMarked
package io.varve.cli.shell;

import org.jspecify.annotations.NullMarked;
