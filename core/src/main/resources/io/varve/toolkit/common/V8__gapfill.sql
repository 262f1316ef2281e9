-- gapfill(width, start, finish, …): the starts of all buckets of a range, for a LEFT JOIN with what
-- was grouped by time_bucket. On every kind of server, under a name TimescaleDB does not have, and with
-- the buckets of the server's own time_bucket, so that none of its buckets is missed.
--
-- The first bucket is the one that holds start, the last one holds what is just before finish. A range that is empty, or a bound
-- that is NULL, gives no bucket.

-- Names mean PostgreSQL's own here, whoever installs: nobody else's operators or functions get bound.
SET LOCAL search_path = pg_catalog, pg_temp;

CREATE FUNCTION varve_internal.is_empty_range(start timestamp, finish timestamp) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF isfinite(start) AND isfinite(finish) THEN
    RETURN start >= finish;
  ELSIF num_nulls(start, finish) > 0 THEN
    RETURN true;
  END IF;
  RAISE EXCEPTION 'gapfill: the range from % to % has no end; expected finite bounds', start, finish
    USING ERRCODE = 'invalid_parameter_value';
END
$$;

COMMENT ON FUNCTION varve_internal.is_empty_range(timestamp, timestamp) IS
  'Whether there is nothing to fill; a range without an end is refused.';

DO $do$
DECLARE
  -- TimescaleDB's functions stay in the schema they were created in.
  home name := coalesce(
    (SELECT n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
      WHERE e.extname = 'timescaledb'
        AND to_regprocedure('varve.time_bucket(interval, timestamptz)') IS NULL), 'varve');
  number text;
BEGIN
  -- Called by functions with a SET clause only, whose search path it has, because one of its own would
  -- cost more than all the rest.
  EXECUTE format($sql$
    CREATE FUNCTION varve_internal.bucket_at(
      bucket_width interval, ts timestamptz, timezone text, origin timestamptz, shift interval)
    RETURNS timestamptz
    LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
    BEGIN
      IF timezone IS NOT NULL THEN
        RETURN %1$I.time_bucket(bucket_width, ts, timezone, origin, shift);
      ELSIF shift IS NULL THEN
        RETURN CASE WHEN origin IS NULL THEN %1$I.time_bucket(bucket_width, ts)
                    ELSE %1$I.time_bucket(bucket_width, ts, origin) END;
      END IF;
      RETURN CASE WHEN origin IS NULL THEN %1$I.time_bucket(bucket_width, ts, shift)
                  ELSE %1$I.time_bucket(bucket_width, ts - shift, origin) + shift END;
    END
    $$;

    CREATE FUNCTION varve.gapfill(
      bucket_width interval, start timestamp, finish timestamp,
      origin timestamp DEFAULT NULL, "offset" interval DEFAULT NULL) RETURNS SETOF timestamp
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    DECLARE
      shift interval := coalesce("offset", '0');
      head timestamp := start - shift;
      tail timestamp := finish - interval '1 microsecond' - shift;
    BEGIN
      IF varve_internal.is_empty_range(start, finish) OR bucket_width IS NULL THEN
        RETURN;
      END IF;
      IF origin IS NULL THEN
        head := %1$I.time_bucket(bucket_width, head);
        tail := %1$I.time_bucket(bucket_width, tail);
      ELSE
        head := %1$I.time_bucket(bucket_width, head, origin);
        tail := %1$I.time_bucket(bucket_width, tail, origin);
      END IF;
      IF date_trunc('month', shift) = '0' THEN
        RETURN QUERY SELECT s + shift FROM generate_series(head, tail, bucket_width) AS s;
      ELSE
        -- A month on, the last days of a month become the same.
        RETURN QUERY SELECT DISTINCT s + shift
                       FROM generate_series(head, tail, bucket_width) AS s ORDER BY 1;
      END IF;
    END
    $$;

    CREATE FUNCTION varve.gapfill(
      bucket_width interval, start date, finish date,
      origin date DEFAULT NULL, "offset" interval DEFAULT NULL) RETURNS SETOF date
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
      -- For its complaints: dates have buckets of whole days only.
      PERFORM CASE WHEN "offset" IS NULL THEN %1$I.time_bucket(bucket_width, start)
                   ELSE %1$I.time_bucket(bucket_width, start, "offset") END;
      RETURN QUERY SELECT s::date FROM varve.gapfill(
        bucket_width, start::timestamp, finish::timestamp, origin::timestamp, "offset") AS s;
    END
    $$;
    $sql$, home);

  FOREACH number IN ARRAY ARRAY['smallint', 'integer', 'bigint'] LOOP
    EXECUTE format($sql$
      CREATE FUNCTION varve.gapfill(
        bucket_width %2$s, start %2$s, finish %2$s, "offset" %2$s DEFAULT 0) RETURNS SETOF %2$s
      LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
      BEGIN
        IF start < finish THEN
          RETURN QUERY SELECT s::%2$s
            FROM generate_series(
              %1$I.time_bucket(bucket_width, start, "offset")::bigint, finish::bigint - 1,
              bucket_width::bigint) AS s;
        END IF;
      END
      $$;

      COMMENT ON FUNCTION varve.gapfill(%2$s, %2$s, %2$s, %2$s) IS
        'The starts of all buckets from the one that holds start to the one that holds what is before finish, moved by the offset.';
      $sql$, home, number);
  END LOOP;
END
$do$;

COMMENT ON FUNCTION varve_internal.bucket_at(interval, timestamptz, text, timestamptz, interval) IS
  'time_bucket with what is given of a time zone, an origin and an offset.';
COMMENT ON FUNCTION varve.gapfill(interval, timestamp, timestamp, timestamp, interval) IS
  'The starts of all buckets from the one that holds start to the one that holds what is before finish, counted from the origin, moved by the offset.';
COMMENT ON FUNCTION varve.gapfill(interval, date, date, date, interval) IS
  'The first days of all buckets from the one that holds start to the one that holds what is before finish, counted from the origin, moved by the offset.';

-- time_bucket never falls as time goes on. So the next bucket is found by going on until there is a
-- later one, and from there back, as long as what comes before is later than the bucket at hand: where
-- clocks change a bucket may be shorter than the width, and be stepped over.
CREATE FUNCTION varve_internal.bucket_after(
  bucket timestamptz, bucket_width interval, timezone text, origin timestamptz, shift interval)
RETURNS timestamptz
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
  zone text := CASE WHEN bucket_width < interval '1 day' THEN 'UTC' ELSE coalesce(timezone, 'UTC') END;
  ts timestamptz := bucket;
  following timestamptz;
  earlier timestamptz;
BEGIN
  LOOP
    ts := (ts AT TIME ZONE zone + bucket_width) AT TIME ZONE zone;
    following := varve_internal.bucket_at(bucket_width, ts, timezone, origin, shift);
    EXIT WHEN following > bucket;
  END LOOP;
  LOOP
    earlier := varve_internal.bucket_at(
      bucket_width, following - interval '1 microsecond', timezone, origin, shift);
    EXIT WHEN earlier <= bucket OR earlier >= following;
    following := earlier;
  END LOOP;
  RETURN following;
END
$$;

COMMENT ON FUNCTION varve_internal.bucket_after(timestamptz, interval, text, timestamptz, interval) IS
  'The start of the next bucket.';

CREATE FUNCTION varve.gapfill(
  bucket_width interval, start timestamptz, finish timestamptz, timezone text DEFAULT NULL,
  origin timestamptz DEFAULT NULL, "offset" interval DEFAULT NULL) RETURNS SETOF timestamptz
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  bucket timestamptz;
  final timestamptz;
BEGIN
  IF varve_internal.is_empty_range(start AT TIME ZONE 'UTC', finish AT TIME ZONE 'UTC')
     OR bucket_width IS NULL THEN
    RETURN;
  ELSIF timezone IS NULL AND coalesce(date_trunc('day', "offset") = '0', true) THEN
    -- In UTC all days and all offsets are regular.
    RETURN QUERY SELECT s AT TIME ZONE 'UTC'
      FROM varve.gapfill(bucket_width, start AT TIME ZONE 'UTC', finish AT TIME ZONE 'UTC',
                         origin AT TIME ZONE 'UTC', "offset") AS s;
    RETURN;
  END IF;
  bucket := varve_internal.bucket_at(bucket_width, start, timezone, origin, "offset");
  final := varve_internal.bucket_at(
    bucket_width, finish - interval '1 microsecond', timezone, origin, "offset");
  WHILE bucket <= final LOOP
    RETURN NEXT bucket;
    bucket := varve_internal.bucket_after(bucket, bucket_width, timezone, origin, "offset");
  END LOOP;
END
$$;

COMMENT ON FUNCTION varve.gapfill(interval, timestamptz, timestamptz, text, timestamptz, interval) IS
  'The starts of all buckets from the one that holds start to the one that holds what is before finish: by the clocks of the time zone, else in UTC; counted from the origin, moved by the offset.';

-- Outright, because a database's default privileges may have taken it from PUBLIC.
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA varve, varve_internal TO PUBLIC;
