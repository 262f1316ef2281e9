/** The snippets of the guides, compiled and run. */
@NullMarked
package io.varve.guide;

import org.jspecify.annotations.NullMarked;
