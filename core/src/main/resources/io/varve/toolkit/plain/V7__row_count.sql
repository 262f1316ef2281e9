-- approximate_row_count for servers without TimescaleDB, counting as TimescaleDB 2.29 does (its
-- sql/size_utils.sql).

-- Names mean PostgreSQL's own here, whoever installs: nobody else's operators or functions get bound.
SET LOCAL search_path = pg_catalog, pg_temp;

CREATE FUNCTION varve.approximate_row_count(relation regclass) RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE STRICT SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
  WITH RECURSIVE tree AS (
    SELECT relation::oid AS part
    UNION ALL
    SELECT i.inhrelid FROM tree JOIN pg_inherits i ON i.inhparent = tree.part)
  -- A partitioned table has no rows itself, but ANALYZE notes there those of its partitions.
  SELECT coalesce(sum(c.reltuples::bigint) FILTER (
           WHERE c.relkind <> 'p' AND c.reltuples BETWEEN 0 AND 9e18), 0)::bigint
    FROM tree JOIN pg_class c ON c.oid = tree.part;
END;

COMMENT ON FUNCTION varve.approximate_row_count(regclass) IS
  'The rows of a table with all its chunks, partitions and children, as ANALYZE and VACUUM last estimated them; what was never analysed counts as empty.';

-- Outright, because a database's default privileges may have taken it from PUBLIC.
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA varve, varve_internal TO PUBLIC;
