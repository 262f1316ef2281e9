-- What a transaction that writes leaves behind besides its rows: that its batch is stored, so that
-- nobody has to guess after a lost connection, and which times it touched, for whatever is computed
-- from the table.

CREATE TABLE varve_internal.batch (
  id        text        COLLATE "C" NOT NULL CHECK (length(id) BETWEEN 1 AND 200),
  writer    name        NOT NULL DEFAULT current_user,
  relation  regclass    NOT NULL,
  written   bigint      NOT NULL DEFAULT 0 CHECK (written >= 0),
  skipped   bigint      NOT NULL DEFAULT 0 CHECK (skipped >= 0),
  failed    bigint      NOT NULL DEFAULT 0 CHECK (failed >= 0),
  stored_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
  xid       xid8        NOT NULL DEFAULT pg_catalog.pg_current_xact_id(),
  PRIMARY KEY (id, writer)
-- Every row is counted by an update in the transaction that enters it, which is to find room.
) WITH (fillfactor = 80);

COMMENT ON TABLE varve_internal.batch IS
  'Batches that are stored: a row commits together with the rows it stands for. A name counts per user.';
COMMENT ON COLUMN varve_internal.batch.id IS
  'The part before the first slash names a group of batches.';
COMMENT ON COLUMN varve_internal.batch.writer IS 'Who wrote it; set by a trigger.';
COMMENT ON COLUMN varve_internal.batch.relation IS 'The table; a dump keeps its name.';
COMMENT ON COLUMN varve_internal.batch.xid IS
  'The transaction that stored it: tells the attempts of one process apart.';
COMMENT ON COLUMN varve_internal.batch.failed IS 'Rows that were refused and put aside.';

CREATE INDEX ON varve_internal.batch (stored_at);

CREATE FUNCTION varve_internal.own_batches_only() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    NEW.writer := current_user;
    RETURN NEW;
  END IF;
  -- The batches of a role that is gone are left to the owner of this table.
  IF NOT coalesce(
       (SELECT pg_has_role(current_user, r.oid, 'USAGE') FROM pg_roles r
         WHERE r.rolname = OLD.writer),
       (SELECT pg_has_role(current_user, c.relowner, 'USAGE') FROM pg_class c
         WHERE c.oid = TG_RELID)) THEN
    RAISE EXCEPTION 'batch "%" belongs to %', OLD.id, OLD.writer
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF TG_OP = 'DELETE' THEN
    RETURN OLD;
  END IF;
  RETURN NEW;
END
$$;

COMMENT ON FUNCTION varve_internal.own_batches_only() IS
  'Trigger: a batch belongs to who records it, and only that user changes or removes it.';

CREATE TRIGGER own_batches_only BEFORE INSERT OR UPDATE OR DELETE ON varve_internal.batch
  FOR EACH ROW EXECUTE FUNCTION varve_internal.own_batches_only();

GRANT SELECT, INSERT, UPDATE (written, skipped, failed), DELETE ON varve_internal.batch TO PUBLIC;

CREATE TABLE varve_internal.claim (
  id         text        COLLATE "C" NOT NULL CHECK (length(id) BETWEEN 1 AND 200),
  writer     name        NOT NULL DEFAULT current_user,
  token      uuid        NOT NULL DEFAULT pg_catalog.gen_random_uuid(),
  claimed_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
  PRIMARY KEY (id, writer)
);

COMMENT ON TABLE varve_internal.claim IS
  'Who writes the batches of a group alone: a batch sent with an older token is refused.';
COMMENT ON COLUMN varve_internal.claim.id IS
  'The group: what stands before the first slash of its batches'' names.';

CREATE TRIGGER own_batches_only BEFORE INSERT OR UPDATE OR DELETE ON varve_internal.claim
  FOR EACH ROW EXECUTE FUNCTION varve_internal.own_batches_only();

GRANT SELECT, INSERT, UPDATE (token, claimed_at), DELETE ON varve_internal.claim TO PUBLIC;

CREATE FUNCTION varve.forget_batches(older_than interval) RETURNS bigint
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  DELETE FROM varve_internal.claim
   WHERE writer = current_user AND claimed_at < now() - older_than
     AND pg_try_advisory_xact_lock(hashtextextended('varve.claim ' || writer || ' ' || id, 0));
  WITH forgotten AS (
    DELETE FROM varve_internal.batch
     WHERE writer = current_user AND stored_at < now() - older_than
    RETURNING 1)
  SELECT count(*) FROM forgotten;
$$;

COMMENT ON FUNCTION varve.forget_batches(interval) IS
  'Removes your batches from the ledger that are older than that, and claims nobody holds; returns how many batches. A batch sent again after that is stored again.';

CREATE TABLE varve_internal.captured (
  source regclass PRIMARY KEY,
  width  bigint   NOT NULL CHECK (width > 0)
);

COMMENT ON TABLE varve_internal.captured IS
  'Tables from which something is computed, whose writers therefore record what they touch.';
COMMENT ON COLUMN varve_internal.captured.width IS
  'Times are recorded in whole multiples of this, in the units of the time column.';

CREATE TRIGGER owner_only BEFORE INSERT OR UPDATE OR DELETE ON varve_internal.captured
  FOR EACH ROW EXECUTE FUNCTION varve_internal.owner_only('source');

GRANT SELECT, INSERT, UPDATE, DELETE ON varve_internal.captured TO PUBLIC;

CREATE TABLE varve_internal.invalidation (
  source regclass NOT NULL,
  lo     bigint   NOT NULL,
  hi     bigint   NOT NULL,
  xid    xid8     NOT NULL DEFAULT pg_catalog.pg_current_xact_id(),
  CHECK (lo < hi)
);

COMMENT ON TABLE varve_internal.invalidation IS
  'Times lo <= time < hi of a captured table that a transaction has written to.';

CREATE INDEX ON varve_internal.invalidation (source, lo);

CREATE FUNCTION varve_internal.writers_only() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT has_table_privilege(NEW.source, 'INSERT, UPDATE, DELETE, TRUNCATE') THEN
    RAISE EXCEPTION 'permission denied for table %', NEW.source
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END
$$;

COMMENT ON FUNCTION varve_internal.writers_only() IS
  'Trigger: only who may write to a table says that it was written to.';

CREATE TRIGGER writers_only BEFORE INSERT ON varve_internal.invalidation
  FOR EACH ROW EXECUTE FUNCTION varve_internal.writers_only();

GRANT SELECT, INSERT ON varve_internal.invalidation TO PUBLIC;

GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA varve, varve_internal TO PUBLIC;
