-- locf for servers without TimescaleDB, whose own function of that name marks a column of
-- time_bucket_gapfill and would be hidden.

-- Names mean PostgreSQL's own here, whoever installs: nobody else's operators or functions get bound.
SET LOCAL search_path = pg_catalog, pg_temp;

-- Strict: a NULL leaves the state as it is.
CREATE FUNCTION varve_internal.locf_step(state anyelement, value anyelement) RETURNS anyelement
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
BEGIN
  RETURN value;
END
$$;

COMMENT ON FUNCTION varve_internal.locf_step(anyelement, anyelement) IS 'A row on its way into locf.';

CREATE AGGREGATE varve.locf(value anyelement) (
  SFUNC = varve_internal.locf_step,
  STYPE = anyelement,
  PARALLEL = SAFE);

COMMENT ON AGGREGATE varve.locf(anyelement) IS
  'The last value that is not NULL: locf(value) OVER (PARTITION BY … ORDER BY bucket) carries it into the gaps.';

-- Outright, because a database's default privileges may have taken it from PUBLIC.
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA varve, varve_internal TO PUBLIC;
