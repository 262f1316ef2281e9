-- What Varve knows about hypertables on every tier: the columns that name a series, which no
-- catalogue holds. Rows may outlive their table (DROP TABLE knows nothing of them), so readers join
-- them with the catalogue, and the next writer clears them away.

GRANT USAGE ON SCHEMA varve, varve_internal TO PUBLIC;
-- The history table is Flyway's; every user may ask which version is installed.
GRANT SELECT ON varve_internal.migration_history TO PUBLIC;

COMMENT ON SCHEMA varve IS
  'Varve''s SQL functions: time_bucket, first, last. Add it to the search path to call them by their bare names.';
COMMENT ON SCHEMA varve_internal IS
  'Varve''s own state and helpers. Not for editing by hand.';

CREATE TABLE varve_internal.hypertable (
  relation       regclass PRIMARY KEY,
  time_column    name     NOT NULL,
  chunk_interval bigint   NOT NULL CHECK (chunk_interval > 0),
  dimensions     name[]   NOT NULL DEFAULT '{}'
);

COMMENT ON TABLE varve_internal.hypertable IS 'Hypertables made by Varve.';
COMMENT ON COLUMN varve_internal.hypertable.time_column IS 'The column it is partitioned by.';
COMMENT ON COLUMN varve_internal.hypertable.chunk_interval IS
  'Width of new chunks: microseconds for timestamps, days for dates, plain units for bigint.';
COMMENT ON COLUMN varve_internal.hypertable.dimensions IS 'The columns that name a series, in order.';

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
  'Trigger: lets only the owner of the table in the column named by the argument change the row.';

CREATE TRIGGER owner_only BEFORE INSERT OR UPDATE OR DELETE ON varve_internal.hypertable
  FOR EACH ROW EXECUTE FUNCTION varve_internal.owner_only('relation');

GRANT SELECT, INSERT, UPDATE, DELETE ON varve_internal.hypertable TO PUBLIC;
