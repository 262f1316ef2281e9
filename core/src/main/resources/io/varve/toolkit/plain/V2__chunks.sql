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

-- Names mean PostgreSQL's own here, whoever installs: nobody else's operators or functions get bound.
SET LOCAL search_path = pg_catalog, pg_temp;

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
  FROM varve_internal.registered_hypertable h
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
  SELECT CASE WHEN time_type OPERATOR(pg_catalog.=) 'bigint'::pg_catalog.regtype THEN -9223372036854775808
              WHEN time_type OPERATOR(pg_catalog.=) 'date'::pg_catalog.regtype THEN -2440588
              ELSE -210866803200000000 END,
         CASE WHEN time_type OPERATOR(pg_catalog.=) 'date'::pg_catalog.regtype THEN 2145042905
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
  time_type regtype;
BEGIN
  SELECT a.atttypid INTO time_type
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
  PERFORM varve_internal.register($1, $2, $3);
END
$$;

COMMENT ON FUNCTION varve_internal.register_hypertable(regclass, bigint, name[]) IS
  'Makes a table partitioned by range of its time a hypertable; again to change the width of new chunks.';

-- Only INSERT: reading and changing rows goes through the hypertable. Row security does not reach
-- chunks, so a table that has it opens them to nobody but an owner whom it does not bind.
CREATE FUNCTION varve_internal.chunk_writers(hypertable regclass) RETURNS TABLE (grantee oid)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT DISTINCT a.grantee
    FROM pg_class c, aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) a
   WHERE c.oid = hypertable AND a.privilege_type = 'INSERT'
     AND (NOT c.relrowsecurity OR a.grantee = c.relowner AND NOT c.relforcerowsecurity)
$$;

COMMENT ON FUNCTION varve_internal.chunk_writers(regclass) IS
  'Whom the chunks of a hypertable should be open to: 0 is PUBLIC.';

CREATE FUNCTION varve_internal.sync_grants(hypertable regclass, chunk regclass) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  chunk_owner oid := (SELECT c.relowner FROM pg_class c WHERE c.oid = chunk);
  change text;
  changed boolean := false;
BEGIN
  IF NOT pg_has_role(chunk_owner, 'USAGE') THEN
    RETURN false;
  END IF;
  FOR change IN
    WITH wanted AS (SELECT w.grantee FROM varve_internal.chunk_writers(hypertable) w),
         present AS (SELECT DISTINCT a.grantee FROM pg_class c, aclexplode(c.relacl) a
                      WHERE c.oid = chunk AND a.privilege_type = 'INSERT' AND a.grantor = c.relowner),
         changes (verb, preposition, grantee) AS (
           SELECT 'REVOKE', 'FROM', p.grantee FROM present p WHERE p.grantee NOT IN (TABLE wanted)
           UNION ALL
           SELECT 'GRANT', 'TO', w.grantee FROM wanted w WHERE w.grantee NOT IN (TABLE present))
    SELECT format('%s INSERT ON TABLE %s %s %s%s', c.verb, chunk, c.preposition,
                  CASE c.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(c.grantee)) END,
                  CASE c.verb WHEN 'REVOKE' THEN ' CASCADE' ELSE '' END)
      FROM changes c
     WHERE c.grantee <> chunk_owner
  LOOP
    EXECUTE change;
    changed := true;
  END LOOP;
  RETURN changed;
END
$$;

COMMENT ON FUNCTION varve_internal.sync_grants(regclass, regclass) IS
  'Opens a chunk to those who may insert into the hypertable, and closes it to all others; does'
  ' nothing unless the caller has the rights of the chunk''s owner. Tells whether anything changed.';

-- Before PostgreSQL 17 chunks number their rows by a default, which takes the writer's rights.
CREATE FUNCTION varve_internal.open_sequences(hypertable regclass) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  opening text;
BEGIN
  IF current_setting('server_version_num')::int >= 170000 THEN
    RETURN;
  END IF;
  FOR opening IN
    SELECT format('GRANT USAGE ON SEQUENCE %s TO %s', s.sequence,
                  CASE w.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(w.grantee)) END)
      FROM pg_attribute a
     CROSS JOIN LATERAL
           (SELECT pg_get_serial_sequence(hypertable::text, a.attname)::regclass AS sequence) s
      JOIN pg_class c ON c.oid = s.sequence
     CROSS JOIN varve_internal.chunk_writers(hypertable) w
     WHERE a.attrelid = hypertable AND a.attidentity <> '' AND NOT a.attisdropped
       AND w.grantee <> c.relowner
       AND NOT EXISTS (SELECT FROM aclexplode(c.relacl) x
                        WHERE x.grantee = w.grantee AND x.privilege_type = 'USAGE')
  LOOP
    EXECUTE opening;
  END LOOP;
END
$$;

COMMENT ON FUNCTION varve_internal.open_sequences(regclass) IS
  'Lets whoever may insert into a hypertable number rows by its identity columns.';

CREATE FUNCTION varve.sync_chunk_grants(hypertable regclass) RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  changed integer;
BEGIN
  -- One at a time, and none while a chunk is being made.
  EXECUTE format('LOCK TABLE ONLY %s IN SHARE UPDATE EXCLUSIVE MODE', hypertable);
  SELECT count(*) FILTER (WHERE varve_internal.sync_grants($1, p.relation)) INTO changed
    FROM varve_internal.partitions($1) p;
  RETURN changed;
END
$$;

COMMENT ON FUNCTION varve.sync_chunk_grants(regclass) IS
  'Makes the chunks of a hypertable open to those who may insert into it, and to nobody else; returns'
  ' how many it changed. GRANT reaches a chunk with the next load that needs it; REVOKE, ENABLE ROW'
  ' LEVEL SECURITY and OWNER TO reach existing chunks only by this function. To be called by the'
  ' owner; after OWNER TO by a superuser or a member of both owners.';

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

-- From PostgreSQL 17 on partitions have the identity columns of their table.
CREATE FUNCTION varve_internal.number_rows(hypertable regclass, chunk regclass) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  identity_column name;
BEGIN
  IF current_setting('server_version_num')::int >= 170000 THEN
    RETURN;
  END IF;
  FOR identity_column IN
    SELECT a.attname FROM pg_attribute a
     WHERE a.attrelid = hypertable AND a.attidentity <> '' AND NOT a.attisdropped
  LOOP
    EXECUTE format(
      'ALTER TABLE ONLY %s ALTER COLUMN %I SET DEFAULT nextval(%L)',
      chunk, identity_column, pg_get_serial_sequence(hypertable::text, identity_column));
  END LOOP;
END
$$;

COMMENT ON FUNCTION varve_internal.number_rows(regclass, regclass) IS
  'Has rows that are written straight into a chunk numbered like those that come by the hypertable.';

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
  PERFORM varve_internal.number_rows(hypertable, chunk::regclass);
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
      USING ERRCODE = 'object_in_use';
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
    PERFORM varve_internal.refresh($1);
  ELSE
    range_start := around.own_start;
    range_end := around.previous_end;
    chunk := around.own;
  END IF;

  PERFORM varve_internal.sync_grants($1, chunk);
  PERFORM varve_internal.open_sequences($1);
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
  -- From PostgreSQL 16 on a member may be one without the right to SET ROLE.
  may_become constant text :=
    CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END;
BEGIN
  SELECT pg_get_userbyid(h.owner) INTO table_owner
    FROM varve_internal.partitioned_hypertable h WHERE h.relation = $1;
  SELECT pg_get_userbyid(proowner) INTO installer
    FROM pg_proc WHERE oid = 'varve_internal.make_chunk_as_installer'::regproc;
  IF table_owner = current_user THEN
    SELECT * INTO range_start, range_end, created FROM varve_internal.make_chunk(hypertable, at);
  ELSIF pg_has_role(current_user, table_owner, may_become) THEN
    -- As the owner, so that the chunk is the owner's, and the owner's code runs as the owner. That is
    -- no wall: code that resets the role has the caller's rights, as ever under SET ROLE.
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

CREATE FUNCTION varve_internal.lock_holders(hypertable regclass) RETURNS text
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  SELECT string_agg(
           format('session %s (user %s%s)%s', l.pid, coalesce(a.usename, 'unknown'),
                  ', application ' || quote_ident(nullif(a.application_name, '')),
                  CASE WHEN NOT l.granted
                       THEN ' waits for it and for session '
                            || nullif(array_to_string(pg_blocking_pids(l.pid), ', '), '') END),
           '; ' ORDER BY l.granted DESC, l.pid)
    FROM pg_locks l
    LEFT JOIN pg_stat_activity a ON a.pid = l.pid
   WHERE l.locktype = 'relation' AND l.relation = hypertable AND l.pid <> pg_backend_pid()
     AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
     AND l.mode NOT IN ('AccessShareLock', 'RowShareLock', 'RowExclusiveLock')
$$;

COMMENT ON FUNCTION varve_internal.lock_holders(regclass) IS
  'The sessions that have or want a lock under which no chunk can be made.';

-- What an attempt has locked is given back before the next one, so a writer that waits for this
-- chunk while it holds another cannot be part of a deadlock for longer than an attempt. Some seconds
-- in all: the load that needs the chunk may itself be what the lock's next holder waits for.
CREATE FUNCTION varve_internal.ensure_chunk(
  hypertable regclass, at bigint,
  OUT range_start bigint, OUT range_end bigint, OUT created boolean)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s' AS $$
DECLARE
  kind regtype;
  attempts constant int := 5;
  holders text;
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
      WHEN lock_not_available THEN
        holders := varve_internal.lock_holders(hypertable);
        IF attempt = attempts THEN
          RAISE EXCEPTION 'hypertable % was locked for % seconds, and a new chunk needs a lock of its'
            ' own: %', hypertable, attempts, coalesce(holders, 'by sessions that have ended since')
            USING ERRCODE = 'lock_not_available';
        END IF;
      WHEN deadlock_detected OR object_in_use THEN
        IF attempt = attempts THEN
          RAISE;
        END IF;
      WHEN invalid_object_definition OR duplicate_table OR duplicate_object OR unique_violation THEN
        -- A chunk made since this transaction's snapshot, or a name taken since it was found free, by a
        -- table or by the type of its rows: the next attempt sees either, unless the snapshot stays.
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
RETURNS TABLE (chunk text, range_start bigint, range_end bigint, mergeable boolean)
LANGUAGE plpgsql ROWS 1 SET search_path = pg_catalog, pg_temp
SET DateStyle = 'ISO, YMD' SET TimeZone = 'UTC' AS $$
DECLARE
  candidate regclass;
  kind regtype;
BEGIN
  -- PostgreSQL refuses COPY FROM there for the same reason.
  IF row_security_active(hypertable) THEN
    RAISE EXCEPTION 'hypertable % has row security for %, and rows copied into its chunks would get'
      ' past the policies: write them one by one, with insert', hypertable, current_user
      USING ERRCODE = 'feature_not_supported';
  END IF;
  SELECT c.relation, format('%I.%I', n.nspname, t.relname), c.range_start, c.range_end, h.time_type
    INTO candidate, chunk, range_start, range_end, kind
    FROM (SELECT * FROM varve_internal.chunk x
           WHERE x.hypertable = $1 AND x.range_start <= at
           ORDER BY x.range_start DESC LIMIT 1) c
    JOIN varve_internal.partitioned_hypertable h ON h.relation = c.hypertable
    JOIN pg_class t ON t.oid = c.relation
    JOIN pg_namespace n ON n.oid = t.relnamespace
   WHERE at < c.range_end;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  -- Opening the chunk makes the session hear of grants committed since it last looked.
  PERFORM pg_relation_size(candidate);
  IF has_table_privilege($1, 'INSERT') AND NOT has_table_privilege(candidate, 'INSERT') THEN
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
    mergeable := has_table_privilege(candidate, 'SELECT') AND has_table_privilege(candidate, 'UPDATE');
    RETURN NEXT;
  END IF;
END
$$;

COMMENT ON FUNCTION varve_internal.open_chunk(regclass, bigint) IS
  'Locks the chunk of a time for writing until the transaction ends and returns its quoted name,'
  ' range, and whether the caller may read and change its rows as well, which those who may do so in'
  ' the hypertable often may not; no row where there is none (see ensure_chunk) or it is on its way'
  ' out.';

CREATE FUNCTION varve_internal.refuse_closed_chunk(hypertable regclass, at bigint) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  closed record;
BEGIN
  SELECT p.relation AS chunk, pg_get_userbyid(c.relowner) AS chunk_owner,
         pg_get_userbyid(h.relowner) AS owner, h.relrowsecurity AS has_row_security
    INTO closed
    FROM varve_internal.partitions($1) p
    JOIN pg_class c ON c.oid = p.relation
    JOIN pg_class h ON h.oid = $1
   WHERE p.range_start <= at AND at < p.range_end AND NOT p.detaching
     AND NOT has_table_privilege(p.relation, 'INSERT');
  IF NOT FOUND THEN
    RETURN;
  END IF;
  RAISE EXCEPTION 'chunk % of hypertable %, owned by %, is closed to %: %', closed.chunk, $1,
    quote_ident(closed.chunk_owner), quote_ident(current_user),
    CASE WHEN closed.has_row_security
           THEN 'the hypertable has row security, which does not reach its chunks; write rows one by'
                ' one, with insert'
         WHEN closed.owner <> closed.chunk_owner
           THEN format('the hypertable is owned by %I; let a superuser run SELECT'
                       ' varve.sync_chunk_grants(%L)', closed.owner, $1::text)
         ELSE format('let %I run SELECT varve.sync_chunk_grants(%L)', closed.owner, $1::text) END
    USING ERRCODE = 'insufficient_privilege';
END
$$;

COMMENT ON FUNCTION varve_internal.refuse_closed_chunk(regclass, bigint) IS
  'Raises why the chunk of a time cannot be written to by the caller; silent if it can, or is gone.';

-- Outright, because a database's default privileges may have taken it from PUBLIC.
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA varve, varve_internal TO PUBLIC;
