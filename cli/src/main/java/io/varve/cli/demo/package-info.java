/**
 * The data of {@code varve demo}: a real record and a generated one. Start at {@link
 * io.varve.cli.demo.DemoTables}.
 */
@NullMarked
package io.varve.cli.demo;

import org.jspecify.annotations.NullMarked;
