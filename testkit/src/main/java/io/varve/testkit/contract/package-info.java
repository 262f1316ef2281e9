/**
 * The contract suite: the definition of Varve. Every class is one capability, and its tests pass
 * unchanged on every tier; what a tier lacks is tested as a precise refusal.
 *
 * <p>A class is given a {@link io.varve.testkit.TestDatabase}, and a new {@link io.varve.Varve} for
 * each test, by the extensions it names; what it then has in common with others is in a class of
 * its own, such as {@code Gauges}.
 *
 * <p>{@code mvn -pl testkit -am verify -Dvarve.test.server=jdbc:postgresql://…} runs it against any
 * server; see {@link io.varve.testkit.TestDatabase}.
 */
@NullMarked
package io.varve.testkit.contract;

import org.jspecify.annotations.NullMarked;
