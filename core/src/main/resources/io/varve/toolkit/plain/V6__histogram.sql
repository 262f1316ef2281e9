-- histogram for servers without TimescaleDB, answering as TimescaleDB 2.29 does (its
-- src/histogram.c), down to the SQLSTATEs: an argument that is NULL counts as zero, bounds in the
-- wrong order and a number of buckets that changes are refused (22023), and so is what width_bucket
-- refuses (2201G).
--
-- The state is bytes, four for each slot, the lowest first: PL/pgSQL unpacks an array for every row
-- and packs it again, which takes twice to four times as long. Of 256 rows of a slot only one has to
-- carry.

-- Names mean PostgreSQL's own here, whoever installs: nobody else's operators or functions get bound.
SET LOCAL search_path = pg_catalog, pg_temp;

-- None of the functions called for every row has a SET clause, which costs more than the rest; what
-- they call is qualified.
CREATE FUNCTION varve_internal.histogram_count(counts bytea, slot integer) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN get_byte(counts, 4 * slot) + 256 * (get_byte(counts, 4 * slot + 1)
         + 256 * (get_byte(counts, 4 * slot + 2) + 256 * get_byte(counts, 4 * slot + 3)::bigint));
END
$$;

COMMENT ON FUNCTION varve_internal.histogram_count(bytea, integer) IS 'The rows in a slot; slots count from 0.';

CREATE FUNCTION varve_internal.histogram_with(counts bytea, slot integer, rows bigint) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF rows > 2147483647 THEN
    RAISE EXCEPTION 'histogram: more than 2147483647 rows in a bucket'
      USING ERRCODE = 'numeric_value_out_of_range';
  END IF;
  FOR place IN 0 .. 3 LOOP
    counts := set_byte(counts, 4 * slot + place, (rows >> (8 * place) & 255)::integer);
  END LOOP;
  RETURN counts;
END
$$;

COMMENT ON FUNCTION varve_internal.histogram_with(bytea, integer, bigint) IS
  'The counts with another number in a slot.';

-- In this order: TimescaleDB looks at the bounds, then at the number, and lets width_bucket do the rest.
CREATE FUNCTION varve_internal.histogram_checked(
  counts bytea, value double precision, min double precision, max double precision, nbuckets integer)
RETURNS bytea
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  slot integer;
BEGIN
  IF min > max AND min <> 'NaN' THEN
    RAISE EXCEPTION 'histogram: the lower bound % is above the upper bound %', min, max
      USING ERRCODE = 'invalid_parameter_value';
  ELSIF length(counts) <> 4 * (nbuckets::bigint + 2) THEN
    RAISE EXCEPTION 'histogram: % buckets after %; expected the same number in every row',
      nbuckets, length(counts) / 4 - 2 USING ERRCODE = 'invalid_parameter_value';
  END IF;
  slot := width_bucket(value, min, max, nbuckets);
  IF slot NOT BETWEEN 0 AND nbuckets + 1 THEN
    RAISE EXCEPTION 'histogram: % and % are farther apart than a number can say', min, max
      USING ERRCODE = 'numeric_value_out_of_range';
  END IF;
  counts := coalesce(counts, decode(repeat('00000000', nbuckets + 2), 'hex'));
  RETURN varve_internal.histogram_with(
    counts, slot, varve_internal.histogram_count(counts, slot) + 1);
END
$$;

COMMENT ON FUNCTION varve_internal.histogram_checked(
  bytea, double precision, double precision, double precision, integer) IS
  'A row on its way into histogram that is the first, or has to carry, or may be refused.';

CREATE FUNCTION varve_internal.histogram_step(
  counts bytea, value double precision, min double precision, max double precision, nbuckets integer)
RETURNS bytea
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  place integer;
  low integer;
BEGIN
  -- What is NULL makes the condition false, or the place NULL, and with it the byte.
  IF min OPERATOR(pg_catalog.<) max
     AND pg_catalog.length(counts)
         OPERATOR(pg_catalog.=) (8 OPERATOR(pg_catalog.+) (4 OPERATOR(pg_catalog.*) nbuckets)) THEN
    place := 4 OPERATOR(pg_catalog.*) pg_catalog.width_bucket(value, min, max, nbuckets);
    low := pg_catalog.get_byte(counts, place);
    IF low OPERATOR(pg_catalog.<) 255 THEN
      RETURN pg_catalog.set_byte(counts, place, low OPERATOR(pg_catalog.+) 1);
    END IF;
  END IF;
  RETURN varve_internal.histogram_checked(
    counts, coalesce(value, 0), coalesce(min, 0), coalesce(max, 0), coalesce(nbuckets, 0));
END
$$;

COMMENT ON FUNCTION varve_internal.histogram_step(
  bytea, double precision, double precision, double precision, integer) IS
  'A row on its way into histogram.';

CREATE FUNCTION varve_internal.histogram_of_two(one bytea, other bytea) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF length(one) <> length(other) THEN
    RAISE EXCEPTION 'histogram: % buckets after %; expected the same number in every row',
      length(other) / 4 - 2, length(one) / 4 - 2 USING ERRCODE = 'invalid_parameter_value';
  END IF;
  FOR slot IN 0 .. length(one) / 4 - 1 LOOP
    one := varve_internal.histogram_with(one, slot,
      varve_internal.histogram_count(one, slot) + varve_internal.histogram_count(other, slot));
  END LOOP;
  RETURN one;
END
$$;

COMMENT ON FUNCTION varve_internal.histogram_of_two(bytea, bytea) IS
  'Puts the results of two parallel workers together.';

CREATE FUNCTION varve_internal.histogram_of(counts bytea) RETURNS integer[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (SELECT array_agg(varve_internal.histogram_count(counts, slot) ORDER BY slot)
            FROM generate_series(0, length(counts) / 4 - 1) AS slot);
END
$$;

COMMENT ON FUNCTION varve_internal.histogram_of(bytea) IS 'The end of histogram.';

CREATE AGGREGATE varve.histogram(
  value double precision, min double precision, max double precision, nbuckets integer) (
  SFUNC = varve_internal.histogram_step,
  STYPE = bytea,
  FINALFUNC = varve_internal.histogram_of,
  COMBINEFUNC = varve_internal.histogram_of_two,
  PARALLEL = SAFE);

COMMENT ON AGGREGATE varve.histogram(double precision, double precision, double precision, integer) IS
  'How many values lie below min, in each of nbuckets equal parts of [min, max), and at or above max.';

-- Outright, because a database's default privileges may have taken it from PUBLIC.
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA varve, varve_internal TO PUBLIC;
