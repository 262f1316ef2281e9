/** The commands of the guides, run. */
@NullMarked
package io.varve.cli.guide;

import org.jspecify.annotations.NullMarked;
