-- What Varve knows about hypertables on every tier: the columns that name a series, which no
-- catalogue holds. Rows may outlive their table (DROP TABLE knows nothing of them), so readers join
-- them with the catalogue, and the next writer clears them away.

-- Names mean PostgreSQL's own here, whoever installs: nobody else's operators or functions get bound.
SET LOCAL search_path = pg_catalog, pg_temp;

GRANT USAGE ON SCHEMA varve, varve_internal TO PUBLIC;
-- The history table is Flyway's; every user may ask which version is installed.
GRANT SELECT ON varve_internal.migration_history TO PUBLIC;

COMMENT ON SCHEMA varve IS
  'Varve''s SQL functions, such as gapfill and, without TimescaleDB, time_bucket, first, last and histogram. Add it to the search path to call them by their bare names.';
COMMENT ON SCHEMA varve_internal IS
  'Varve''s own state and helpers. Not for editing by hand.';

-- A column is known by its number, which a renaming leaves alone. A dump that is restored keeps the
-- names but may number the columns anew; then the table has another OID than the numbers were taken
-- under, and the names count.
CREATE TABLE varve_internal.hypertable (
  relation          regclass PRIMARY KEY,
  chunk_interval    bigint   NOT NULL CHECK (chunk_interval > 0),
  dimension_names   name[]   NOT NULL,
  dimension_numbers int2[]   NOT NULL,
  numbered_under    oid      NOT NULL,
  CHECK (cardinality(dimension_names) = cardinality(dimension_numbers))
);

COMMENT ON TABLE varve_internal.hypertable IS 'Hypertables made by Varve. Readers ask registered_hypertable.';
COMMENT ON COLUMN varve_internal.hypertable.chunk_interval IS
  'Width of new chunks: microseconds for timestamps, days for dates, plain units for bigint.';
COMMENT ON COLUMN varve_internal.hypertable.dimension_names IS
  'The columns that name a series, in order, as they were last called.';
COMMENT ON COLUMN varve_internal.hypertable.dimension_numbers IS 'Their numbers in pg_attribute.';
COMMENT ON COLUMN varve_internal.hypertable.numbered_under IS 'The table''s OID when they were numbered.';

CREATE VIEW varve_internal.registered_hypertable AS
SELECT h.relation, h.chunk_interval,
       (SELECT CASE WHEN h.numbered_under = h.relation OR bool_and(a.attnum IS NOT NULL) IS NOT FALSE
                    THEN coalesce(array_agg(a.attname ORDER BY d.position)
                                    FILTER (WHERE a.attnum IS NOT NULL), '{}') END
          FROM unnest(h.dimension_names, h.dimension_numbers)
               WITH ORDINALITY AS d (name, number, position)
          LEFT JOIN pg_attribute a
            ON a.attrelid = h.relation AND NOT a.attisdropped
           AND CASE WHEN h.numbered_under = h.relation THEN a.attnum = d.number
                    ELSE a.attname = d.name END) AS dimensions
  FROM varve_internal.hypertable h
  JOIN pg_class c ON c.oid = h.relation;

COMMENT ON VIEW varve_internal.registered_hypertable IS
  'Hypertables made by Varve that exist, with the columns that name a series as they are called now:'
  ' NULL where a restored dump had them under names of before.';
GRANT SELECT ON varve_internal.registered_hypertable TO PUBLIC;

-- Anybody may own hypertables, so anybody may write here, but only about tables of their own: a
-- trigger and not row security, because row security would stop pg_dump run by a backup user.
CREATE FUNCTION varve_internal.owner_only() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  before oid;
  after oid;
  stranger regclass;
BEGIN
  EXECUTE format('SELECT ($1).%1$I, ($2).%1$I', TG_ARGV[0]) INTO before, after USING OLD, NEW;
  -- Leftovers may go; but a number that is free today may be somebody's table tomorrow.
  IF after IS NOT NULL AND NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = after) THEN
    RAISE EXCEPTION 'there is no table with OID %', after USING ERRCODE = 'undefined_table';
  END IF;
  SELECT c.oid INTO stranger
    FROM pg_class c
   WHERE c.oid IN (before, after) AND NOT pg_has_role(current_user, c.relowner, 'USAGE')
   LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'must be owner of table %', stranger USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END
$$;

COMMENT ON FUNCTION varve_internal.owner_only() IS
  'Trigger: lets only the owner of the table in the column named by the argument change the row,'
  ' and nobody name a table that does not exist.';

CREATE TRIGGER owner_only BEFORE INSERT OR UPDATE OR DELETE ON varve_internal.hypertable
  FOR EACH ROW EXECUTE FUNCTION varve_internal.owner_only('relation');

GRANT SELECT, INSERT, UPDATE, DELETE ON varve_internal.hypertable TO PUBLIC;

CREATE FUNCTION varve_internal.register(relation regclass, chunk_interval bigint, dimensions name[])
RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  numbers int2[];
BEGIN
  -- What dropped tables have left behind.
  DELETE FROM varve_internal.hypertable h
   WHERE NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = h.relation);
  SELECT coalesce(array_agg(a.attnum ORDER BY d.position), '{}') INTO numbers
    FROM unnest(dimensions) WITH ORDINALITY AS d (name, position)
    JOIN pg_attribute a ON a.attrelid = $1 AND a.attname = d.name AND NOT a.attisdropped;
  INSERT INTO varve_internal.hypertable VALUES ($1, $2, $3, numbers, $1)
  ON CONFLICT ON CONSTRAINT hypertable_pkey DO UPDATE
    SET chunk_interval = excluded.chunk_interval,
        dimension_names = excluded.dimension_names,
        dimension_numbers = excluded.dimension_numbers,
        numbered_under = excluded.numbered_under;
END
$$;

COMMENT ON FUNCTION varve_internal.register(regclass, bigint, name[]) IS
  'Notes that a table is a hypertable, how wide its new chunks are, and which columns name a series.';

CREATE FUNCTION varve_internal.refresh(relation regclass) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM varve_internal.register(h.relation, h.chunk_interval, r.dimensions)
     FROM varve_internal.hypertable h
     JOIN varve_internal.registered_hypertable r ON r.relation = h.relation
    WHERE h.relation = $1 AND r.dimensions IS NOT NULL
      AND (h.dimension_names, h.numbered_under) IS DISTINCT FROM (r.dimensions, $1::oid);
END
$$;

COMMENT ON FUNCTION varve_internal.refresh(regclass) IS
  'Notes the present names and numbers of the columns, so that the next dump has the right names.';

-- Outright, because a database's default privileges may have taken it from PUBLIC.
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA varve, varve_internal TO PUBLIC;
