-- Hypertables on PostgreSQL without TimescaleDB: native range partitions, created as rows need
-- them. The catalogue (pg_inherits and the partitions' bounds) is the truth; varve_internal.chunk
-- is an index into it, checked whenever it is used, so nothing breaks when a partition is dropped,
-- detached or attached by hand, or when a dump brings everything back under new identifiers.
--
-- Times are bigints in "units": microseconds since 1970-01-01 UTC for timestamps, days since
-- 1970-01-01 for dates, the value itself for bigint.
--
-- Chunks live beside their hypertable, in its schema and with its owner: pg_dump -n takes them
-- along, psql shows them together, and no role needs rights on a schema of Varve's to own one.

CREATE TABLE varve_internal.chunk (
  hypertable  regclass NOT NULL,
  range_start bigint   NOT NULL,
  range_end   bigint   NOT NULL,
  relation    regclass NOT NULL,
  PRIMARY KEY (hypertable, range_start),
  CHECK (range_start < range_end)
);

COMMENT ON TABLE varve_internal.chunk IS
  'Finds the chunk of a time. Rows may be stale: whoever uses one checks it with the catalogue.';

CREATE TRIGGER owner_only BEFORE INSERT OR UPDATE OR DELETE ON varve_internal.chunk
  FOR EACH ROW EXECUTE FUNCTION varve_internal.owner_only('hypertable');

GRANT SELECT, INSERT, UPDATE, DELETE ON varve_internal.chunk TO PUBLIC;

CREATE VIEW varve_internal.partitioned_hypertable AS
SELECT h.relation, a.attname AS time_column, a.atttypid::regtype AS time_type,
       h.chunk_interval, h.dimensions, c.relowner AS owner
  FROM varve_internal.hypertable h
  JOIN pg_catalog.pg_class c ON c.oid = h.relation
  JOIN pg_catalog.pg_partitioned_table p ON p.partrelid = c.oid AND p.partnatts = 1
  JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = p.partattrs[0]
 WHERE p.partstrat = 'r';

COMMENT ON VIEW varve_internal.partitioned_hypertable IS
  'Registered hypertables that exist and are partitioned as Varve needs them.';
GRANT SELECT ON varve_internal.partitioned_hypertable TO PUBLIC;

-- The span of times that fit both the column's type and a bigint of units. The last value of a type
-- is left out, because a chunk ends before a value of the same type; so are the infinities, which
-- the outermost values of a bigint stand for. (Timestamps go on to the year 294276, but their
-- microseconds since 1970 overflow in 294247.)
CREATE FUNCTION varve_internal.limits(time_type regtype, OUT first bigint, OUT beyond bigint)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN time_type = 'bigint'::pg_catalog.regtype THEN -9223372036854775808
              WHEN time_type = 'date'::pg_catalog.regtype THEN -2440588
              ELSE -210866803200000000 END,
         CASE WHEN time_type = 'date'::pg_catalog.regtype THEN 2145042905
              ELSE 9223372036854775807 END
$$;

COMMENT ON FUNCTION varve_internal.limits(regtype) IS
  'The first time that can be kept in a chunk, and the first that no longer can.';

CREATE FUNCTION varve_internal.units_to_text(units bigint, time_type regtype) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
SET DateStyle = 'ISO, YMD' SET TimeZone = 'UTC' AS $$
  SELECT CASE WHEN time_type = 'bigint'::regtype THEN units::text
              WHEN units < l.first THEN '-infinity'
              WHEN units > l.beyond THEN 'infinity'
              WHEN time_type = 'date'::regtype THEN (date '1970-01-01' + units::int)::text
              ELSE (SELECT CASE WHEN time_type = 'timestamptz'::regtype
                                THEN (t AT TIME ZONE 'UTC')::text ELSE t::text END
                      -- Days and the rest apart: an interval's product is computed as a double,
                      -- which holds the microseconds of a day but not those of an epoch.
                      FROM (SELECT timestamp '1970-01-01'
                                   + make_interval(days => div(units, 86400000000)::int)
                                   + mod(units, 86400000000) * interval '1 microsecond' AS t) x)
         END
    FROM varve_internal.limits(time_type) l
$$;

COMMENT ON FUNCTION varve_internal.units_to_text(bigint, regtype) IS
  'A time as PostgreSQL prints it in ISO style, in UTC.';

CREATE FUNCTION varve_internal.text_to_units(value text, time_type regtype) RETURNS bigint
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
  moment timestamp;
BEGIN
  IF value IN ('MINVALUE', '-infinity') THEN
    RETURN -9223372036854775808;
  ELSIF value IN ('MAXVALUE', 'infinity') THEN
    RETURN 9223372036854775807;
  ELSIF time_type = 'bigint'::regtype THEN
    RETURN value::bigint;
  ELSIF time_type = 'date'::regtype THEN
    RETURN value::date - date '1970-01-01';
  END IF;
  moment := CASE WHEN time_type = 'timestamptz'::regtype
                 THEN value::timestamptz AT TIME ZONE 'UTC' ELSE value::timestamp END;
  RETURN least(86400000000::numeric * (moment::date - date '1970-01-01')
                 + extract(epoch FROM moment::time) * 1000000,
               9223372036854775807);
END
$$;

COMMENT ON FUNCTION varve_internal.text_to_units(text, regtype) IS
  'The reverse of units_to_text; infinities and open bounds become the outermost bigints.'
  ' The caller has set DateStyle, TimeZone and search_path.';

CREATE FUNCTION varve_internal.bounds(
  chunk regclass, time_type regtype, OUT range_start bigint, OUT range_end bigint)
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
  bound text[];
BEGIN
  SELECT regexp_match(pg_get_expr(c.relpartbound, c.oid), '^FOR VALUES FROM [(](.+)[)] TO [(](.+)[)]$')
    INTO bound FROM pg_class c WHERE c.oid = chunk;
  range_start := varve_internal.text_to_units(btrim(bound[1], ''''), time_type);
  range_end := varve_internal.text_to_units(btrim(bound[2], ''''), time_type);
END
$$;

COMMENT ON FUNCTION varve_internal.bounds(regclass, regtype) IS
  'The range of a partition as the catalogue has it; NULLs for a default partition.'
  ' The caller has set DateStyle, TimeZone and search_path.';

CREATE FUNCTION varve_internal.partitions(hypertable regclass)
RETURNS TABLE (relation regclass, range_start bigint, range_end bigint, detaching boolean)
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
SET DateStyle = 'ISO, YMD' SET TimeZone = 'UTC' AS $$
  SELECT i.inhrelid::regclass, b.range_start, b.range_end, i.inhdetachpending
    FROM varve_internal.partitioned_hypertable h
    JOIN pg_inherits i ON i.inhparent = h.relation
   CROSS JOIN varve_internal.bounds(i.inhrelid, h.time_type) b
   WHERE h.relation = $1 AND b.range_start IS NOT NULL
   ORDER BY 2
$$;

COMMENT ON FUNCTION varve_internal.partitions(regclass) IS
  'The chunks of a hypertable as the catalogue has them, oldest first; a default partition is none.';

CREATE FUNCTION varve_internal.register_hypertable(
  relation regclass, chunk_interval bigint, dimensions name[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  time_column name;
  time_type regtype;
BEGIN
  SELECT a.attname, a.atttypid INTO time_column, time_type
    FROM pg_partitioned_table p
    JOIN pg_attribute a ON a.attrelid = p.partrelid AND a.attnum = p.partattrs[0]
   WHERE p.partrelid = relation AND p.partstrat = 'r' AND p.partnatts = 1 AND a.attnotnull;
  IF NOT FOUND OR time_type NOT IN ('timestamptz'::regtype, 'timestamp', 'date', 'bigint') THEN
    RAISE EXCEPTION 'table % cannot be a hypertable: expected PARTITION BY RANGE on one NOT NULL'
      ' column of type timestamptz, timestamp, date or bigint', relation
      USING ERRCODE = 'wrong_object_type';
  END IF;
  -- What dropped tables have left behind.
  DELETE FROM varve_internal.chunk c
   WHERE NOT EXISTS (SELECT FROM pg_class t WHERE t.oid = c.hypertable);
  DELETE FROM varve_internal.hypertable h
   WHERE NOT EXISTS (SELECT FROM pg_class t WHERE t.oid = h.relation);
  INSERT INTO varve_internal.hypertable VALUES ($1, time_column, $2, $3)
  ON CONFLICT ON CONSTRAINT hypertable_pkey DO UPDATE
    SET time_column = excluded.time_column,
        chunk_interval = excluded.chunk_interval,
        dimensions = excluded.dimensions;
END
$$;

COMMENT ON FUNCTION varve_internal.register_hypertable(regclass, bigint, name[]) IS
  'Makes a table partitioned by range of its time a hypertable; again to change the width of new chunks.';

CREATE FUNCTION varve_internal.copy_grants(source regclass, target regclass) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  missing record;
BEGIN
  FOR missing IN
    SELECT grantee, privilege_type, is_grantable
      FROM pg_class c, aclexplode(c.relacl)
     WHERE c.oid = source AND grantee <> c.relowner AND NOT c.relrowsecurity
    EXCEPT
    SELECT grantee, privilege_type, is_grantable
      FROM pg_class c, aclexplode(c.relacl)
     WHERE c.oid = target
  LOOP
    EXECUTE format('GRANT %s ON TABLE %s TO %s%s', missing.privilege_type, target,
      CASE missing.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(missing.grantee)) END,
      CASE WHEN missing.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END);
  END LOOP;
END
$$;

COMMENT ON FUNCTION varve_internal.copy_grants(regclass, regclass) IS
  'Grants on the target what the source grants and the target does not. Writers address chunks'
  ' themselves, so they need on the chunk what they have on the hypertable; a hypertable with row'
  ' security keeps its chunks closed, because its policies do not reach them.';

-- A free name in the schema: the table's, cut to fit, and where the range starts in UTC.
CREATE FUNCTION varve_internal.chunk_name(hypertable regclass, range_start bigint, time_type regtype)
RETURNS name
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  start text := varve_internal.units_to_text(range_start, time_type);
  suffix text;
  stem text;
  candidate name;
  home oid;
  tries int := 1;
BEGIN
  SELECT relname, relnamespace INTO stem, home FROM pg_class WHERE oid = hypertable;
  -- 2026-01-31 00:00:00+00 reads 20260131; what is not midnight keeps its time, BC its letters.
  start := regexp_replace(start, '[+]00(?= |$)', '');
  start := regexp_replace(start, ' 00:00:00(?= |$)', '');
  start := translate(start, ' .:', '__');
  start := CASE WHEN time_type = 'bigint'::regtype THEN replace(start, '-', 'minus_')
                ELSE lower(replace(start, '-', '')) END;
  LOOP
    suffix := '_' || start || CASE tries WHEN 1 THEN '' ELSE '_' || tries END;
    WHILE octet_length(stem || suffix) > 63 LOOP
      stem := left(stem, -1);
    END LOOP;
    candidate := stem || suffix;
    EXIT WHEN NOT EXISTS (SELECT FROM pg_class WHERE relnamespace = home AND relname = candidate)
          AND NOT EXISTS (SELECT FROM pg_type WHERE typnamespace = home AND typname = candidate);
    tries := tries + 1;
  END LOOP;
  RETURN candidate;
END
$$;

COMMENT ON FUNCTION varve_internal.chunk_name(regclass, bigint, regtype) IS
  'A free name for a new chunk, such as conditions_20260131.';

CREATE FUNCTION varve_internal.check_chunk_count(hypertable regclass, chunks bigint) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF chunks >= 1000 THEN
    RAISE EXCEPTION 'hypertable % has % chunks and gets no more: the limit is 1000, because planning'
      ' and locking grow with every chunk; drop old chunks or widen the interval of new ones',
      hypertable, chunks USING ERRCODE = 'program_limit_exceeded';
  ELSIF chunks >= 500 AND chunks % 50 = 0 THEN
    RAISE WARNING 'hypertable % has % chunks: planning slows down beyond 500, and at 1000 no more are'
      ' created; drop old chunks or widen the interval of new ones', hypertable, chunks;
  END IF;
END
$$;

COMMENT ON FUNCTION varve_internal.check_chunk_count(regclass, bigint) IS
  'Warns from 500 chunks on, refuses one more than 1000.';

CREATE FUNCTION varve_internal.attach_chunk(
  hypertable regclass, time_type regtype, range_start bigint, range_end bigint) RETURNS regclass
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  chunk text;
  storage text;
BEGIN
  SELECT format('%I.%I', n.nspname, varve_internal.chunk_name(hypertable, range_start, time_type)),
         coalesce(' USING ' || quote_ident(m.amname), '')
           || coalesce(' TABLESPACE ' || quote_ident(t.spcname), '')
    INTO chunk, storage
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_am m ON m.oid = c.relam
    LEFT JOIN pg_tablespace t ON t.oid = c.reltablespace
   WHERE c.oid = hypertable;
  -- Identity is left to the hypertable: a table that has its own cannot be attached.
  EXECUTE format(
    'CREATE TABLE %s (LIKE %s INCLUDING ALL EXCLUDING INDEXES EXCLUDING IDENTITY EXCLUDING COMMENTS)%s',
    chunk, hypertable, storage);
  EXECUTE format('ALTER TABLE ONLY %s ATTACH PARTITION %s FOR VALUES FROM (%L) TO (%L)',
    hypertable, chunk,
    varve_internal.units_to_text(range_start, time_type),
    varve_internal.units_to_text(range_end, time_type));
  RETURN chunk::regclass;
END
$$;

COMMENT ON FUNCTION varve_internal.attach_chunk(regclass, regtype, bigint, bigint) IS
  'Creates a table like the hypertable and attaches it for the range.';

CREATE FUNCTION varve_internal.remember_chunk(
  hypertable regclass, range_start bigint, range_end bigint, chunk regclass) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  -- Chunks do not overlap: another that does is a leftover.
  DELETE FROM varve_internal.chunk c
   WHERE c.hypertable = $1 AND c.range_start < $3 AND c.range_end > $2
     AND (c.range_start, c.range_end, c.relation) <> ($2, $3, $4);
  INSERT INTO varve_internal.chunk VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING;
END
$$;

COMMENT ON FUNCTION varve_internal.remember_chunk(regclass, bigint, bigint, regclass) IS
  'Puts a chunk into varve_internal.chunk in place of whatever was there for its range.';

-- Creates the chunk of a time unless it is there. The one lock it needs on the hypertable is the one
-- ATTACH takes anyway, SHARE UPDATE EXCLUSIVE: it excludes itself, so creators queue up and find
-- each other's work, and it disturbs neither readers nor writers. Taken first and outright, it never
-- has to be strengthened later, and always comes before any lock on a chunk.
--
-- ATTACH scans the new table for rows outside its range; it is empty, so a constraint that would
-- spare the scan is not worth adding and removing again. ATTACH also builds the indexes and keys.
CREATE FUNCTION varve_internal.make_chunk(
  hypertable regclass, at bigint,
  OUT range_start bigint, OUT range_end bigint, OUT created boolean)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
SET DateStyle = 'ISO, YMD' SET TimeZone = 'UTC' AS $$
DECLARE
  target varve_internal.partitioned_hypertable;
  around record;
  aligned numeric;
  chunk regclass;
BEGIN
  EXECUTE format('LOCK TABLE ONLY %s IN SHARE UPDATE EXCLUSIVE MODE', hypertable);
  SELECT * INTO STRICT target FROM varve_internal.partitioned_hypertable h WHERE h.relation = $1;
  SELECT count(*) AS chunks,
         max(p.range_end) FILTER (WHERE p.range_start <= at) AS previous_end,
         min(p.range_start) FILTER (WHERE p.range_start > at) AS next_start,
         max(p.range_start) FILTER (WHERE p.range_start <= at) AS own_start,
         max(p.relation::oid) FILTER (WHERE p.range_start <= at AND at < p.range_end) AS own,
         bool_or(p.detaching) FILTER (WHERE p.range_start <= at AND at < p.range_end) AS detaching
    INTO around
    FROM varve_internal.partitions($1) p;

  IF around.detaching THEN
    RAISE EXCEPTION 'chunk % of hypertable % is being dropped, and rows at % have no place until that'
      ' is done; an interrupted drop is finished by ALTER TABLE % DETACH PARTITION % FINALIZE',
      around.own::regclass, $1, varve_internal.units_to_text(at, target.time_type),
      $1, around.own::regclass
      USING ERRCODE = 'lock_not_available';
  END IF;
  created := around.own IS NULL;
  IF created THEN
    PERFORM varve_internal.check_chunk_count($1, around.chunks);
    -- Aligned to the epoch, within what the type holds, and clear of the neighbours, whose width may
    -- have been another. In numeric, because the sums may leave the range of bigint.
    aligned := at - mod(at::numeric, target.chunk_interval);
    IF aligned > at THEN
      aligned := aligned - target.chunk_interval;
    END IF;
    SELECT greatest(aligned, l.first, around.previous_end),
           least(aligned + target.chunk_interval, l.beyond, around.next_start)
      INTO range_start, range_end
      FROM varve_internal.limits(target.time_type) l;
    chunk := varve_internal.attach_chunk($1, target.time_type, range_start, range_end);
  ELSE
    range_start := around.own_start;
    range_end := around.previous_end;
    chunk := around.own;
  END IF;

  PERFORM varve_internal.copy_grants($1, chunk);
  PERFORM varve_internal.remember_chunk($1, range_start, range_end, chunk);
END
$$;

COMMENT ON FUNCTION varve_internal.make_chunk(regclass, bigint) IS
  'Creates the chunk of a time as the hypertable''s owner, unless it is there. See ensure_chunk.';

-- The same for a caller who may insert but does not own the hypertable. It runs with the rights of
-- the role that installed Varve, and only for that role's own tables: a table's constraints and
-- index expressions are its owner's code, and must not run with anybody else's rights.
CREATE FUNCTION varve_internal.make_chunk_as_installer(
  hypertable regclass, at bigint,
  OUT range_start bigint, OUT range_end bigint, OUT created boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  caller name := CASE current_setting('role') WHEN 'none' THEN session_user
                 ELSE current_setting('role') END;
BEGIN
  IF NOT has_table_privilege(caller, hypertable, 'INSERT')
     OR NOT EXISTS (SELECT FROM varve_internal.partitioned_hypertable h
                     WHERE h.relation = $1 AND pg_get_userbyid(h.owner) = current_user) THEN
    RAISE EXCEPTION 'permission denied for table %', hypertable
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  SELECT * INTO range_start, range_end, created FROM varve_internal.make_chunk(hypertable, at);
END
$$;

COMMENT ON FUNCTION varve_internal.make_chunk_as_installer(regclass, bigint) IS
  'make_chunk for roles that may insert into a hypertable owned by the role that installed Varve.';

CREATE FUNCTION varve_internal.make_chunk_for_caller(
  hypertable regclass, at bigint,
  OUT range_start bigint, OUT range_end bigint, OUT created boolean)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  table_owner name;
  installer name;
  previous_role text := current_setting('role');
BEGIN
  SELECT pg_get_userbyid(h.owner) INTO table_owner
    FROM varve_internal.partitioned_hypertable h WHERE h.relation = $1;
  SELECT pg_get_userbyid(proowner) INTO installer
    FROM pg_proc WHERE oid = 'varve_internal.make_chunk_as_installer'::regproc;
  IF table_owner = current_user THEN
    SELECT * INTO range_start, range_end, created FROM varve_internal.make_chunk(hypertable, at);
  ELSIF pg_has_role(current_user, table_owner, 'MEMBER') THEN
    -- As the owner, so that the chunk is the owner's, and the owner's code runs with no more rights.
    PERFORM set_config('role', table_owner, true);
    SELECT * INTO range_start, range_end, created FROM varve_internal.make_chunk(hypertable, at);
    PERFORM set_config('role', previous_role, true);
  ELSIF table_owner = installer THEN
    SELECT * INTO range_start, range_end, created
      FROM varve_internal.make_chunk_as_installer(hypertable, at);
  ELSE
    RAISE EXCEPTION 'hypertable % has no chunk open to % at the time of the rows, and only its owner'
      ' may change that: create chunks ahead as %, or GRANT % TO %',
      hypertable, current_user, table_owner, quote_ident(table_owner), quote_ident(current_user)
      USING ERRCODE = 'insufficient_privilege';
  END IF;
END
$$;

COMMENT ON FUNCTION varve_internal.make_chunk_for_caller(regclass, bigint) IS
  'Chooses whose rights create the chunk: the owner''s where the caller has them, else the installer''s.';

-- What an attempt has locked is given back before the next one, so a writer that waits for this
-- chunk while it holds another cannot be part of a deadlock for longer than an attempt.
CREATE FUNCTION varve_internal.ensure_chunk(
  hypertable regclass, at bigint,
  OUT range_start bigint, OUT range_end bigint, OUT created boolean)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
  kind regtype;
  attempts constant int := 15;
BEGIN
  SELECT h.time_type INTO kind
    FROM varve_internal.partitioned_hypertable h WHERE h.relation = $1;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'table % is not a hypertable of Varve', hypertable
      USING ERRCODE = 'wrong_object_type';
  END IF;
  IF NOT EXISTS (SELECT FROM varve_internal.limits(kind) l WHERE at >= l.first AND at < l.beyond) THEN
    RAISE EXCEPTION 'time % of hypertable % cannot be kept in a chunk: expected a finite % within %',
      at, hypertable, kind,
      (SELECT format('[%s, %s)', l.first, l.beyond) FROM varve_internal.limits(kind) l)
      USING ERRCODE = 'datetime_field_overflow';
  END IF;
  FOR attempt IN 1 .. attempts LOOP
    BEGIN
      SELECT * INTO range_start, range_end, created
        FROM varve_internal.make_chunk_for_caller(hypertable, at);
      RETURN;
    EXCEPTION
      WHEN lock_not_available OR deadlock_detected THEN
        IF attempt = attempts THEN
          RAISE;
        END IF;
      WHEN invalid_object_definition OR duplicate_table OR unique_violation THEN
        -- A chunk made since this transaction's snapshot, or a name taken since it was found free:
        -- the next attempt sees either, unless the snapshot stays.
        IF current_setting('transaction_isolation') <> 'read committed' THEN
          RAISE EXCEPTION 'hypertable % was given chunks by another transaction', hypertable
            USING ERRCODE = 'serialization_failure';
        ELSIF attempt = attempts THEN
          RAISE;
        END IF;
    END;
    PERFORM pg_sleep(random() * least(attempt, 4) / 10.0);
  END LOOP;
END
$$;

COMMENT ON FUNCTION varve_internal.ensure_chunk(regclass, bigint) IS
  'Makes sure that the chunk of a time exists and that whoever may insert into the hypertable may'
  ' insert into it. Safe to call from many sessions at once. The caller owns the hypertable, is a'
  ' member of its owner, or may insert into it while the role that installed Varve owns it.';

-- Locking the chunk, and looking again once it is locked, is what makes writing straight into it
-- safe: a chunk cannot be dropped under the lock, and one detached before it is not handed out. The
-- ancestors come from the current catalogue even in a transaction with an old snapshot.
CREATE FUNCTION varve_internal.open_chunk(hypertable regclass, at bigint)
RETURNS TABLE (chunk text, range_start bigint, range_end bigint)
LANGUAGE plpgsql ROWS 1 SET search_path = pg_catalog, pg_temp
SET DateStyle = 'ISO, YMD' SET TimeZone = 'UTC' AS $$
DECLARE
  candidate regclass;
  kind regtype;
BEGIN
  SELECT c.relation, format('%I.%I', n.nspname, t.relname), c.range_start, c.range_end, h.time_type
    INTO candidate, chunk, range_start, range_end, kind
    FROM (SELECT * FROM varve_internal.chunk x
           WHERE x.hypertable = $1 AND x.range_start <= at
           ORDER BY x.range_start DESC LIMIT 1) c
    JOIN varve_internal.partitioned_hypertable h ON h.relation = c.hypertable
    JOIN pg_class t ON t.oid = c.relation
    JOIN pg_namespace n ON n.oid = t.relnamespace
   WHERE at < c.range_end;
  IF NOT FOUND OR has_table_privilege($1, 'INSERT') AND NOT has_table_privilege(candidate, 'INSERT') THEN
    RETURN;
  END IF;
  BEGIN
    EXECUTE format('LOCK TABLE ONLY %s IN ROW EXCLUSIVE MODE', chunk);
  EXCEPTION WHEN undefined_table THEN
    RETURN;
  END;
  IF to_regclass(chunk) = candidate
     AND EXISTS (SELECT FROM pg_partition_ancestors(candidate) a WHERE a.relid = $1)
     AND EXISTS (SELECT FROM varve_internal.bounds(candidate, kind) b
                  WHERE b.range_start = open_chunk.range_start
                    AND b.range_end = open_chunk.range_end) THEN
    RETURN NEXT;
  END IF;
END
$$;

COMMENT ON FUNCTION varve_internal.open_chunk(regclass, bigint) IS
  'Locks the chunk of a time for writing until the transaction ends and returns its quoted name and'
  ' range; no row where there is none (see ensure_chunk) or it is on its way out.';
