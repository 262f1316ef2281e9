-- first(value, key) and last(value, key) for servers without TimescaleDB, answering as its native
-- ones do (src/agg_bookend.c): rows without a key are ignored, the winner's value is returned even if
-- it is NULL, and of equal keys the one seen first wins.
--
-- An aggregate in SQL has no state that holds a value of any type but text. Keys of the time types,
-- nearly all there are, are kept as they are, which is quick and lets parallel workers put their
-- results together; a key of any other type is kept as text and read back for every comparison.
-- (Overloads for integers would make calls with an oid ambiguous.)

-- Names mean PostgreSQL's own here, whoever installs: nobody else's operators or functions get bound.
SET LOCAL search_path = pg_catalog, pg_temp;

-- Three of the session's settings can make a value's text ambiguous or inexact. The usual ones do
-- not, and setting them for a call costs more than all the rest, so a state looks once whether it
-- has to.
CREATE FUNCTION varve_internal.text_is_exact() RETURNS boolean
STABLE PARALLEL SAFE
RETURN current_setting('DateStyle') LIKE 'ISO%'
   AND current_setting('IntervalStyle') = 'postgres'
   AND current_setting('extra_float_digits')::int > 0;

COMMENT ON FUNCTION varve_internal.text_is_exact() IS
  'Whether under the session''s settings the text of a value gives the value back.';

CREATE FUNCTION varve_internal.exact_text(value anyelement) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET DateStyle = 'ISO, YMD' SET IntervalStyle = 'postgres' SET extra_float_digits = 1 AS $$
BEGIN
  RETURN CASE pg_catalog.num_nulls(value) WHEN 0 THEN pg_catalog.concat(value) END;
END
$$;

COMMENT ON FUNCTION varve_internal.exact_text(anyelement) IS
  'The value as its type writes it, so that its type can read it again; NULL for NULL.';

-- None of the functions has a SET clause, for the same reason. What they call is qualified; only the
-- comparison of keys of a type of one's own is looked up as the caller's search path has it.
--
-- For the three time types the functions differ in nothing but the type.
DO $do$
DECLARE
  key_type text;
  name text;
BEGIN
  FOREACH key_type IN ARRAY ARRAY['timestamptz', 'timestamp', 'date'] LOOP
    EXECUTE format($sql$
      CREATE TYPE varve_internal.value_at_%1$s AS (key %1$s, value text, text_is_exact boolean);

      CREATE FUNCTION varve_internal.value_of(
        state varve_internal.value_at_%1$s, value anyelement, key %1$s) RETURNS anyelement
      LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
      DECLARE
        result value%%TYPE;
      BEGIN
        result := state.value;
        RETURN result;
      END
      $$;
      COMMENT ON FUNCTION varve_internal.value_of(varve_internal.value_at_%1$s, anyelement, %1$s) IS
        'The end of first and last.';
      $sql$, key_type);
    FOREACH name IN ARRAY ARRAY['first', 'last'] LOOP
      EXECUTE format($sql$
        CREATE FUNCTION varve_internal.%2$s_step(
          state varve_internal.value_at_%1$s, value anyelement, key %1$s)
        RETURNS varve_internal.value_at_%1$s
        LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
        BEGIN
          IF key OPERATOR(pg_catalog.%3$s) state.key OR state.key IS NULL AND key IS NOT NULL THEN
            IF state.text_is_exact IS NULL THEN
              state.text_is_exact := varve_internal.text_is_exact();
            END IF;
            state.key := key;
            state.value := CASE
              WHEN pg_catalog.num_nulls(value) OPERATOR(pg_catalog.>) 0 THEN NULL
              WHEN state.text_is_exact THEN pg_catalog.concat(value)
              ELSE varve_internal.exact_text(value) END;
          END IF;
          RETURN state;
        END
        $$;
        COMMENT ON FUNCTION varve_internal.%2$s_step(
          varve_internal.value_at_%1$s, anyelement, %1$s) IS 'A row on its way into %2$s.';

        CREATE FUNCTION varve_internal.%2$s_of_two(
          one varve_internal.value_at_%1$s, other varve_internal.value_at_%1$s)
        RETURNS varve_internal.value_at_%1$s
        LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
        BEGIN
          RETURN CASE WHEN other.key OPERATOR(pg_catalog.%3$s) one.key OR one.key IS NULL THEN other ELSE one END;
        END
        $$;
        COMMENT ON FUNCTION varve_internal.%2$s_of_two(
          varve_internal.value_at_%1$s, varve_internal.value_at_%1$s) IS
          'Puts the results of two parallel workers together.';

        CREATE AGGREGATE varve.%2$s(value anyelement, key %1$s) (
          SFUNC = varve_internal.%2$s_step,
          STYPE = varve_internal.value_at_%1$s,
          FINALFUNC = varve_internal.value_of,
          FINALFUNC_EXTRA,
          COMBINEFUNC = varve_internal.%2$s_of_two,
          PARALLEL = SAFE);
        $sql$, key_type, name, CASE name WHEN 'first' THEN '<' ELSE '>' END);
    END LOOP;
  END LOOP;
END
$do$;

CREATE TYPE varve_internal.value_at_text AS (key text, value text, text_is_exact boolean);

CREATE FUNCTION varve_internal.value_of(
  state varve_internal.value_at_text, value anyelement, key anycompatible) RETURNS anyelement
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  result value%TYPE;
BEGIN
  result := state.value;
  RETURN result;
END
$$;

COMMENT ON FUNCTION varve_internal.value_of(
  varve_internal.value_at_text, anyelement, anycompatible) IS 'The end of first and last.';

CREATE FUNCTION varve_internal.with_text(
  state varve_internal.value_at_text, value anyelement, key anycompatible)
RETURNS varve_internal.value_at_text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  IF state.text_is_exact IS NULL THEN
    state.text_is_exact := varve_internal.text_is_exact();
  END IF;
  state.key := CASE WHEN state.text_is_exact THEN pg_catalog.concat(key)
                    ELSE varve_internal.exact_text(key) END;
  state.value := CASE
    WHEN pg_catalog.num_nulls(value) OPERATOR(pg_catalog.>) 0 THEN NULL
    WHEN state.text_is_exact THEN pg_catalog.concat(value)
    ELSE varve_internal.exact_text(value) END;
  RETURN state;
END
$$;

COMMENT ON FUNCTION varve_internal.with_text(
  varve_internal.value_at_text, anyelement, anycompatible) IS 'A state with another winner.';

CREATE FUNCTION varve_internal.first_step(
  state varve_internal.value_at_text, value anyelement, key anycompatible)
RETURNS varve_internal.value_at_text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  best key%TYPE;
BEGIN
  IF pg_catalog.num_nulls(key) OPERATOR(pg_catalog.>) 0 THEN
    RETURN state;
  END IF;
  best := state.key;
  RETURN CASE WHEN state.key IS NULL OR key < best
              THEN varve_internal.with_text(state, value, key) ELSE state END;
END
$$;

COMMENT ON FUNCTION varve_internal.first_step(
  varve_internal.value_at_text, anyelement, anycompatible) IS 'A row on its way into first.';

CREATE FUNCTION varve_internal.last_step(
  state varve_internal.value_at_text, value anyelement, key anycompatible)
RETURNS varve_internal.value_at_text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  best key%TYPE;
BEGIN
  IF pg_catalog.num_nulls(key) OPERATOR(pg_catalog.>) 0 THEN
    RETURN state;
  END IF;
  best := state.key;
  RETURN CASE WHEN state.key IS NULL OR key > best
              THEN varve_internal.with_text(state, value, key) ELSE state END;
END
$$;

COMMENT ON FUNCTION varve_internal.last_step(
  varve_internal.value_at_text, anyelement, anycompatible) IS 'A row on its way into last.';

CREATE AGGREGATE varve.first(value anyelement, key anycompatible) (
  SFUNC = varve_internal.first_step,
  STYPE = varve_internal.value_at_text,
  FINALFUNC = varve_internal.value_of,
  FINALFUNC_EXTRA);

CREATE AGGREGATE varve.last(value anyelement, key anycompatible) (
  SFUNC = varve_internal.last_step,
  STYPE = varve_internal.value_at_text,
  FINALFUNC = varve_internal.value_of,
  FINALFUNC_EXTRA);

DO $do$
DECLARE
  aggregate record;
BEGIN
  FOR aggregate IN
    SELECT oid::regprocedure AS signature, proname FROM pg_catalog.pg_proc
     WHERE pronamespace = 'varve'::regnamespace AND proname IN ('first', 'last')
  LOOP
    EXECUTE format('COMMENT ON AGGREGATE %s IS %L', aggregate.signature,
      format('The value of the row with the %s. Rows without a key are ignored; of equal keys the one'
             ' seen first wins.',
             CASE aggregate.proname WHEN 'first' THEN 'least key, such as the earliest time'
                                    ELSE 'greatest key, such as the latest time' END));
  END LOOP;
END
$do$;

-- Outright, because a database's default privileges may have taken it from PUBLIC.
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA varve, varve_internal TO PUBLIC;
