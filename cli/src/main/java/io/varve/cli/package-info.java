/**
 * The {@code varve} command. Start at {@link io.varve.cli.Main}; each command is one class, and
 * {@link io.varve.cli.shell.Shell} is all they see of the world around them.
 */
@NullMarked
package io.varve.cli;

import org.jspecify.annotations.NullMarked;
