/**
 * Databases for tests and the contract suite every tier must pass. Start at {@link
 * io.varve.testkit.TestDatabase}.
 */
@NullMarked
package io.varve.testkit;

import org.jspecify.annotations.NullMarked;
