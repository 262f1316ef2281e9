/**
 * Databases for tests, servers and networks to break, and the contract suite every tier must pass.
 * Start at {@link io.varve.testkit.TestDatabase}; to break things, at {@link
 * io.varve.testkit.OwnedServer} and {@link io.varve.testkit.TcpProxy}.
 */
@NullMarked
package io.varve.testkit;

import org.jspecify.annotations.NullMarked;
