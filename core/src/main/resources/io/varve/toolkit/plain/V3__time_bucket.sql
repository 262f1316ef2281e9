-- time_bucket for servers without TimescaleDB, answering as TimescaleDB 2.29 does, down to the
-- SQLSTATEs (its src/time_bucket.c and sql/time_bucket.sql).
--
-- The bodies are in SQL's own form (RETURN …): their names are bound here and now, so no search path
-- can change what they mean, and they need no SET clause, which, like STRICT, would keep the planner
-- from inlining them. Inlined, and with a constant width, a call is reduced to date_bin or date_trunc
-- before the first row is read.
--
-- Buckets are counted from 2000-01-03, a Monday, so that weeks start on Mondays; buckets of months
-- from January 2000, in UTC for timestamptz. A width is either months or a fixed time, never both.

-- Names mean PostgreSQL's own here, whoever installs: nobody else's operators or functions get bound.
SET LOCAL search_path = pg_catalog, pg_temp;

-- Numeric, because an infinite interval's months are neither a number nor an error but NULL.
CREATE FUNCTION varve_internal.months(span interval) RETURNS numeric
IMMUTABLE PARALLEL SAFE
RETURN extract(year FROM span) * 12 + extract(month FROM span);

COMMENT ON FUNCTION varve_internal.months(interval) IS 'The months of an interval, years included.';

CREATE FUNCTION varve_internal.is_fixed_width(bucket_width interval) RETURNS boolean
IMMUTABLE PARALLEL SAFE
RETURN varve_internal.months(bucket_width) = 0 AND bucket_width > interval '0';

COMMENT ON FUNCTION varve_internal.is_fixed_width(interval) IS
  'Whether it is a width without months.';

-- An interval equals another of as many days even if one calls thirty of them a month.
CREATE FUNCTION varve_internal.is_month_width(bucket_width interval) RETURNS boolean
IMMUTABLE PARALLEL SAFE
RETURN varve_internal.months(bucket_width) > 0 AND extract(day FROM bucket_width) = 0
       AND extract(epoch FROM bucket_width - date_trunc('month', bucket_width)) = 0;

COMMENT ON FUNCTION varve_internal.is_month_width(interval) IS 'Whether it is a width of months.';

-- The calendar has no year 0; counting through needs one.
CREATE FUNCTION varve_internal.month_number(ts timestamp) RETURNS bigint
IMMUTABLE PARALLEL SAFE
RETURN (extract(year FROM ts)::bigint + CASE WHEN extract(year FROM ts) < 0 THEN 1 ELSE 0 END) * 12
       + extract(month FROM ts)::bigint;

COMMENT ON FUNCTION varve_internal.month_number(timestamp) IS
  'Months counted through all years, BC included.';

CREATE FUNCTION varve_internal.bucket_of_months(months bigint, ts timestamp, origin timestamp)
RETURNS timestamp
IMMUTABLE PARALLEL SAFE
RETURN CASE
  WHEN origin IS NULL THEN NULL
  WHEN months = 1 OR NOT isfinite(ts) THEN date_trunc('month', ts)
  WHEN months = 3 AND extract(month FROM origin) % 3 = 1 THEN date_trunc('quarter', ts)
  WHEN months = 12 AND extract(month FROM origin) = 1 THEN date_trunc('year', ts)
  ELSE date_trunc('month', ts) - make_interval(months =>
    (((varve_internal.month_number(ts) - varve_internal.month_number(origin)) % months + months)
       % months)::int)
END;

COMMENT ON FUNCTION varve_internal.bucket_of_months(bigint, timestamp, timestamp) IS
  'The first of the months that hold the time, counted from the month of the origin. The usual widths'
  ' are spelled out because date_trunc is several times as fast.';

-- Strict: a NULL anywhere is the answer, and comes before any complaint, as infinities do.
CREATE FUNCTION varve_internal.refuse_width(bucket_width interval, ts timestamp, origin timestamp)
RETURNS timestamp
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT isfinite(ts) THEN
    RETURN ts;
  ELSIF NOT isfinite(bucket_width) THEN
    RAISE EXCEPTION 'time_bucket: the width % is not finite', bucket_width
      USING ERRCODE = 'feature_not_supported';
  ELSIF varve_internal.months(bucket_width) <> 0
        AND NOT varve_internal.is_month_width(bucket_width)
        AND NOT varve_internal.is_month_width(- bucket_width) THEN
    RAISE EXCEPTION 'time_bucket: the width % mixes months with days or time; expected only one',
      bucket_width USING ERRCODE = 'feature_not_supported';
  END IF;
  RAISE EXCEPTION 'time_bucket: the width % is not positive', bucket_width
    USING ERRCODE = 'invalid_parameter_value';
END
$$;

COMMENT ON FUNCTION varve_internal.refuse_width(interval, timestamp, timestamp) IS
  'Says what is wrong with a width that fits no bucket.';

CREATE FUNCTION varve_internal.refuse_date_width(
  bucket_width interval, ts timestamp, origin timestamp) RETURNS timestamp
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF isfinite(ts) AND varve_internal.months(bucket_width) = 0 THEN
    RAISE EXCEPTION 'time_bucket: the width % is not a whole number of days, as dates need it',
      bucket_width USING ERRCODE = 'feature_not_supported';
  END IF;
  RETURN varve_internal.refuse_width(bucket_width, ts, origin);
END
$$;

COMMENT ON FUNCTION varve_internal.refuse_date_width(interval, timestamp, timestamp) IS
  'Says what is wrong with a width that fits no bucket of dates.';

CREATE FUNCTION varve_internal.is_whole_days(span interval) RETURNS boolean
IMMUTABLE PARALLEL SAFE
RETURN varve_internal.is_fixed_width(span) AND extract(epoch FROM span) % 86400 = 0;

COMMENT ON FUNCTION varve_internal.is_whole_days(interval) IS
  'Whether it is one day or several, without months.';

-- Days and the rest apart: an interval's product is computed as a double, which holds the microseconds
-- of a day but not those of all time.
CREATE FUNCTION varve_internal.since_the_first(seconds numeric) RETURNS timestamp
IMMUTABLE PARALLEL SAFE
RETURN timestamp '4714-11-24 BC' + make_interval(days => div(seconds, 86400)::int)
       + (mod(seconds, 86400) * 1000000)::double precision * interval '1 microsecond';

COMMENT ON FUNCTION varve_internal.since_the_first(numeric) IS
  'So many seconds after the first moment that a timestamp can hold.';

CREATE FUNCTION varve_internal.first_boundary(bucket_width interval, origin timestamp)
RETURNS timestamp
IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN isfinite(origin) THEN varve_internal.since_the_first(
  mod(extract(epoch FROM origin) - extract(epoch FROM timestamp '4714-11-24 BC'),
      extract(epoch FROM bucket_width)))
  ELSE origin END;

COMMENT ON FUNCTION varve_internal.first_boundary(interval, timestamp) IS
  'The first start of a bucket of fixed width within what a timestamp can hold.';

-- Before PostgreSQL 15.7 and 16.3 date_bin put a time that is before the origin and on a boundary one
-- bucket too early. There such times are counted from the first boundary of all, which no boundary
-- precedes; not all times, because the distance to the last ones is more than an interval holds. The
-- server is asked by a sum of constants, which the planner works out: it costs no row anything.
CREATE FUNCTION varve_internal.bin(bucket_width interval, ts timestamp, origin timestamp)
RETURNS timestamp
IMMUTABLE PARALLEL SAFE
RETURN CASE
  WHEN date_bin(interval '1 day', timestamp '1999-12-31', timestamp '2000-01-01') = timestamp '1999-12-31'
       OR ts >= origin
  THEN date_bin(bucket_width, ts, origin)
  ELSE date_bin(bucket_width, ts, varve_internal.first_boundary(bucket_width, origin))
END;

COMMENT ON FUNCTION varve_internal.bin(interval, timestamp, timestamp) IS
  'date_bin, right on every server.';

CREATE FUNCTION varve_internal.bin(bucket_width interval, ts timestamptz, origin timestamptz)
RETURNS timestamptz
IMMUTABLE PARALLEL SAFE
RETURN CASE
  WHEN date_bin(interval '1 day', timestamp '1999-12-31', timestamp '2000-01-01') = timestamp '1999-12-31'
       OR ts >= origin
  THEN date_bin(bucket_width, ts, origin)
  ELSE date_bin(bucket_width, ts,
    varve_internal.first_boundary(bucket_width, origin AT TIME ZONE 'UTC') AT TIME ZONE 'UTC')
END;

COMMENT ON FUNCTION varve_internal.bin(interval, timestamptz, timestamptz) IS
  'date_bin, right on every server.';

-- Days and months of an offset are subtracted and added in the session's time zone, which only the
-- caller knows: declared immutable all the same, as TimescaleDB declares it.
CREATE FUNCTION varve_internal.bucket_with_offset(
  bucket_width interval, ts timestamptz, shift interval) RETURNS timestamptz
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
BEGIN
  RETURN varve.time_bucket(bucket_width, ts OPERATOR(pg_catalog.-) shift)
         OPERATOR(pg_catalog.+) shift;
END
$$;

COMMENT ON FUNCTION varve_internal.bucket_with_offset(interval, timestamptz, interval) IS
  'time_bucket with an offset of days or months, or of buckets of months.';

CREATE FUNCTION varve_internal.bucket_dates_with_offset(
  bucket_width interval, ts date, shift interval) RETURNS date
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF isfinite(ts) AND NOT varve_internal.is_whole_days(shift) THEN
    RAISE EXCEPTION 'time_bucket: the offset % is not one or more whole days, as dates need it', shift
      USING ERRCODE = 'feature_not_supported';
  END IF;
  RETURN varve.time_bucket(bucket_width, ts - shift) + shift;
END
$$;

COMMENT ON FUNCTION varve_internal.bucket_dates_with_offset(interval, date, interval) IS
  'time_bucket of dates with an offset.';

CREATE FUNCTION varve.time_bucket(bucket_width interval, ts timestamptz) RETURNS timestamptz
IMMUTABLE PARALLEL SAFE
RETURN CASE
  WHEN varve_internal.is_fixed_width(bucket_width) THEN varve_internal.bin(bucket_width, ts, timestamptz '2000-01-03 00:00:00+00')
  WHEN varve_internal.is_month_width(bucket_width) THEN
    varve_internal.bucket_of_months(varve_internal.months(bucket_width)::bigint,
      ts AT TIME ZONE 'UTC', timestamp '2000-01-01') AT TIME ZONE 'UTC'
  ELSE varve_internal.refuse_width(bucket_width, ts AT TIME ZONE 'UTC', timestamp '2000-01-01') AT TIME ZONE 'UTC'
END;

COMMENT ON FUNCTION varve.time_bucket(interval, timestamptz) IS
  'The start of the bucket that holds the time, in UTC. Weeks start on Mondays.';

CREATE FUNCTION varve.time_bucket(bucket_width interval, ts timestamptz, origin timestamptz) RETURNS timestamptz
IMMUTABLE PARALLEL SAFE
RETURN CASE
  WHEN varve_internal.is_fixed_width(bucket_width) THEN varve_internal.bin(bucket_width, ts, origin)
  WHEN varve_internal.is_month_width(bucket_width) THEN
    varve_internal.bucket_of_months(varve_internal.months(bucket_width)::bigint,
      ts AT TIME ZONE 'UTC', origin AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'
  ELSE varve_internal.refuse_width(bucket_width, ts AT TIME ZONE 'UTC', origin AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'
END;

COMMENT ON FUNCTION varve.time_bucket(interval, timestamptz, timestamptz) IS
  'The start of the bucket that holds the time, in UTC. Buckets are counted from the origin; of an origin of months, day and time do not matter.';

CREATE FUNCTION varve.time_bucket(bucket_width interval, ts timestamp) RETURNS timestamp
IMMUTABLE PARALLEL SAFE
RETURN CASE
  WHEN varve_internal.is_fixed_width(bucket_width) THEN varve_internal.bin(bucket_width, ts, timestamp '2000-01-03')
  WHEN varve_internal.is_month_width(bucket_width) THEN
    varve_internal.bucket_of_months(varve_internal.months(bucket_width)::bigint, ts, timestamp '2000-01-01')
  ELSE varve_internal.refuse_width(bucket_width, ts, timestamp '2000-01-01')
END;

COMMENT ON FUNCTION varve.time_bucket(interval, timestamp) IS
  'The start of the bucket that holds the time. Weeks start on Mondays.';

CREATE FUNCTION varve.time_bucket(bucket_width interval, ts timestamp, origin timestamp) RETURNS timestamp
IMMUTABLE PARALLEL SAFE
RETURN CASE
  WHEN varve_internal.is_fixed_width(bucket_width) THEN varve_internal.bin(bucket_width, ts, origin)
  WHEN varve_internal.is_month_width(bucket_width) THEN
    varve_internal.bucket_of_months(varve_internal.months(bucket_width)::bigint, ts, origin)
  ELSE varve_internal.refuse_width(bucket_width, ts, origin)
END;

COMMENT ON FUNCTION varve.time_bucket(interval, timestamp, timestamp) IS
  'The start of the bucket that holds the time. Buckets are counted from the origin; of an origin of months, day and time do not matter.';

CREATE FUNCTION varve.time_bucket(bucket_width interval, ts date) RETURNS date
IMMUTABLE PARALLEL SAFE
RETURN CASE
  WHEN varve_internal.is_whole_days(bucket_width) THEN
    varve_internal.bin(bucket_width, ts::timestamp, timestamp '2000-01-03')::date
  WHEN varve_internal.is_month_width(bucket_width) THEN
    varve_internal.bucket_of_months(varve_internal.months(bucket_width)::bigint,
      ts::timestamp, timestamp '2000-01-01')::date
  ELSE varve_internal.refuse_date_width(bucket_width, ts::timestamp, timestamp '2000-01-01')::date
END;

COMMENT ON FUNCTION varve.time_bucket(interval, date) IS
  'The first day of the bucket that holds the day; the width is whole days or months. Weeks start on Mondays.';

CREATE FUNCTION varve.time_bucket(bucket_width interval, ts date, origin date) RETURNS date
IMMUTABLE PARALLEL SAFE
RETURN CASE
  WHEN varve_internal.is_whole_days(bucket_width) THEN
    varve_internal.bin(bucket_width, ts::timestamp, origin::timestamp)::date
  WHEN varve_internal.is_month_width(bucket_width) THEN
    varve_internal.bucket_of_months(varve_internal.months(bucket_width)::bigint,
      ts::timestamp, origin::timestamp)::date
  ELSE varve_internal.refuse_date_width(bucket_width, ts::timestamp, origin::timestamp)::date
END;

COMMENT ON FUNCTION varve.time_bucket(interval, date, date) IS
  'The first day of the bucket that holds the day; the width is whole days or months. Buckets are counted from the origin; of an origin of months, day and time do not matter.';

CREATE FUNCTION varve.time_bucket(bucket_width interval, ts timestamptz, "offset" interval) RETURNS timestamptz
IMMUTABLE PARALLEL SAFE
RETURN CASE
  WHEN varve_internal.is_fixed_width(bucket_width)
       AND varve_internal.months("offset") = 0 AND extract(day FROM "offset") = 0
  THEN varve_internal.bin(bucket_width, ts, (timestamp '2000-01-03' + "offset") AT TIME ZONE 'UTC')
  ELSE varve_internal.bucket_with_offset(bucket_width, ts, "offset")
END;

COMMENT ON FUNCTION varve.time_bucket(interval, timestamptz, interval) IS
  'The start of the bucket that holds the time, all buckets moved by the offset. Days and months of the offset are counted in the time zone of the session.';

CREATE FUNCTION varve.time_bucket(bucket_width interval, ts timestamp, "offset" interval) RETURNS timestamp
IMMUTABLE PARALLEL SAFE
RETURN varve.time_bucket(bucket_width, ts - "offset") + "offset";

COMMENT ON FUNCTION varve.time_bucket(interval, timestamp, interval) IS
  'The start of the bucket that holds the time, all buckets moved by the offset.';

CREATE FUNCTION varve.time_bucket(bucket_width interval, ts date, "offset" interval) RETURNS date
IMMUTABLE PARALLEL SAFE
RETURN CASE
  WHEN varve_internal.is_whole_days(bucket_width) AND varve_internal.is_whole_days("offset")
  THEN varve_internal.bin(bucket_width, ts::timestamp, timestamp '2000-01-03' + "offset")::date
  ELSE varve_internal.bucket_dates_with_offset(bucket_width, ts, "offset")
END;

COMMENT ON FUNCTION varve.time_bucket(interval, date, interval) IS
  'The first day of the bucket that holds the day, all buckets moved by the offset, which is one or more whole days.';

-- Where clocks go back, a local time comes twice, and PostgreSQL takes the later one: the bucket may
-- then start after the time it is to hold. TimescaleDB goes back by widths, as the session counts them;
-- widths without days are of one length, and so many as fit are taken in one step.
CREATE FUNCTION varve_internal.not_after(bucket timestamptz, ts timestamptz, bucket_width interval)
RETURNS timestamptz
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF extract(day FROM bucket_width) = 0 AND varve_internal.is_fixed_width(bucket_width) THEN
    RETURN CASE WHEN bucket > ts THEN varve_internal.bin(bucket_width, ts, bucket) ELSE bucket END;
  END IF;
  WHILE bucket > ts LOOP
    bucket := bucket - bucket_width;
  END LOOP;
  RETURN bucket;
END
$$;

COMMENT ON FUNCTION varve_internal.not_after(timestamptz, timestamptz, interval) IS
  'The bucket, or the first one before it that does not start after the time.';

-- Most times lie after the start of their bucket: then LEAST has the start, worked out once. Of a time
-- on the start, or before it, NULLIF makes NULL, and the start is worked out again.
CREATE FUNCTION varve_internal.bucket_in_zone(
  bucket_width interval, ts timestamptz, timezone text, origin timestamp) RETURNS timestamptz
IMMUTABLE PARALLEL SAFE
RETURN coalesce(
  nullif(least(varve.time_bucket(bucket_width, ts AT TIME ZONE timezone, origin) AT TIME ZONE timezone, ts), ts),
  varve_internal.not_after(
    varve.time_bucket(bucket_width, ts AT TIME ZONE timezone, origin) AT TIME ZONE timezone, ts, bucket_width));

COMMENT ON FUNCTION varve_internal.bucket_in_zone(interval, timestamptz, text, timestamp) IS
  'The start of the bucket by the clocks of a time zone, counted from a local origin.';

CREATE FUNCTION varve_internal.bucket_in_zone_with_offset(
  bucket_width interval, ts timestamptz, timezone text, origin timestamp, shift interval)
RETURNS timestamptz
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN varve_internal.bucket_in_zone(bucket_width, ts - shift, timezone, origin) + shift;
END
$$;

COMMENT ON FUNCTION varve_internal.bucket_in_zone_with_offset(
  interval, timestamptz, text, timestamp, interval) IS
  'The same with an offset of days or months, which are counted in the time zone of the session.';

CREATE FUNCTION varve.time_bucket(
  bucket_width interval, ts timestamptz, timezone text,
  origin timestamptz DEFAULT NULL, "offset" interval DEFAULT NULL) RETURNS timestamptz
IMMUTABLE PARALLEL SAFE
RETURN CASE
  WHEN "offset" IS NULL
  THEN varve_internal.bucket_in_zone(bucket_width, ts, timezone,
    coalesce(origin AT TIME ZONE timezone, timestamp '2000-01-03'))
  WHEN varve_internal.months("offset") = 0 AND extract(day FROM "offset") = 0
  THEN (varve_internal.bucket_in_zone(
      bucket_width, (ts AT TIME ZONE 'UTC' - "offset") AT TIME ZONE 'UTC', timezone,
      coalesce(origin AT TIME ZONE timezone, timestamp '2000-01-03')) AT TIME ZONE 'UTC'
    + "offset") AT TIME ZONE 'UTC'
  ELSE varve_internal.bucket_in_zone_with_offset(bucket_width, ts, timezone,
    coalesce(origin AT TIME ZONE timezone, timestamp '2000-01-03'), "offset")
END;

COMMENT ON FUNCTION varve.time_bucket(interval, timestamptz, text, timestamptz, interval) IS
  'The start of the bucket that holds the time, by the clocks of a time zone: days and months start at midnight there. Buckets are counted from the origin, else from Monday 2000-01-03 or January 2000; all are moved by the offset.';

-- UUIDs of version 7 (RFC 9562) begin with the milliseconds since 1970 in 48 bits; the version is in
-- the upper half of byte 6, the variant in the upper bits of byte 8.

CREATE FUNCTION varve.uuid_version(uuid uuid) RETURNS integer
IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN get_byte(uuid_send(uuid), 8) >> 6 = 2 THEN get_byte(uuid_send(uuid), 6) >> 4 END;

COMMENT ON FUNCTION varve.uuid_version(uuid) IS
  'The version of a UUID; NULL if it is not of the variant of RFC 9562.';

CREATE FUNCTION varve_internal.uuid_millis(uuid uuid) RETURNS bigint
IMMUTABLE PARALLEL SAFE
RETURN ('x' || substr(encode(uuid_send(uuid), 'hex'), 1, 12))::bit(48)::bigint;

COMMENT ON FUNCTION varve_internal.uuid_millis(uuid) IS
  'The milliseconds since 1970 at the start of a UUID of version 7.';

-- Days and the rest apart: the seconds are a double, which holds the microseconds of a day exactly.
CREATE FUNCTION varve_internal.since_1970(millis bigint, micros integer) RETURNS timestamptz
IMMUTABLE PARALLEL SAFE
RETURN (timestamp '1970-01-01' + make_interval(
    days => (millis / 86400000)::integer,
    secs => (millis % 86400000 * 1000 + micros) / 1000000.0::double precision)) AT TIME ZONE 'UTC';

COMMENT ON FUNCTION varve_internal.since_1970(bigint, integer) IS
  'So many milliseconds and microseconds after the start of 1970.';

CREATE FUNCTION varve.uuid_timestamp(uuid uuid) RETURNS timestamptz
IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN varve.uuid_version(uuid) = 7
  THEN varve_internal.since_1970(varve_internal.uuid_millis(uuid), 0) END;

COMMENT ON FUNCTION varve.uuid_timestamp(uuid) IS
  'The time in a UUID of version 7, to the millisecond; NULL for any other.';

CREATE FUNCTION varve.uuid_timestamp_micros(uuid uuid) RETURNS timestamptz
IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN varve.uuid_version(uuid) = 7
  THEN varve_internal.since_1970(varve_internal.uuid_millis(uuid),
    ((get_byte(uuid_send(uuid), 6) & 15) * 256 + get_byte(uuid_send(uuid), 7) + 1) * 1000 / 4096) END;

COMMENT ON FUNCTION varve.uuid_timestamp_micros(uuid) IS
  'The time in a UUID of version 7, with the microseconds that PostgreSQL 18 and TimescaleDB write; NULL for any other.';

CREATE FUNCTION varve_internal.refuse_uuid(uuid uuid) RETURNS timestamptz
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'time_bucket: the UUID % is not of version 7, which holds a time', uuid
    USING ERRCODE = 'invalid_parameter_value';
END
$$;

COMMENT ON FUNCTION varve_internal.refuse_uuid(uuid) IS 'Says that a UUID holds no time.';

CREATE FUNCTION varve_internal.time_of(uuid uuid) RETURNS timestamptz
IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN varve.uuid_version(uuid) = 7
  THEN varve_internal.since_1970(varve_internal.uuid_millis(uuid), 0)
  ELSE varve_internal.refuse_uuid(uuid) END;

COMMENT ON FUNCTION varve_internal.time_of(uuid) IS
  'The time in a UUID of version 7; any other is refused.';

CREATE FUNCTION varve.time_bucket(bucket_width interval, ts uuid) RETURNS timestamptz
IMMUTABLE PARALLEL SAFE STRICT
RETURN varve.time_bucket(bucket_width, varve_internal.time_of(ts));

COMMENT ON FUNCTION varve.time_bucket(interval, uuid) IS
  'The start of the bucket that holds the time in a UUID of version 7, in UTC. Weeks start on Mondays.';

CREATE FUNCTION varve.time_bucket(bucket_width interval, ts uuid, origin timestamptz) RETURNS timestamptz
IMMUTABLE PARALLEL SAFE STRICT
RETURN varve.time_bucket(bucket_width, varve_internal.time_of(ts), origin);

COMMENT ON FUNCTION varve.time_bucket(interval, uuid, timestamptz) IS
  'The start of the bucket that holds the time in a UUID of version 7, in UTC. Buckets are counted from the origin; of an origin of months, day and time do not matter.';

CREATE FUNCTION varve.time_bucket(bucket_width interval, ts uuid, "offset" interval) RETURNS timestamptz
IMMUTABLE PARALLEL SAFE STRICT
RETURN varve.time_bucket(bucket_width, varve_internal.time_of(ts), "offset");

COMMENT ON FUNCTION varve.time_bucket(interval, uuid, interval) IS
  'The start of the bucket that holds the time in a UUID of version 7, all buckets moved by the offset. Days and months of the offset are counted in the time zone of the session.';

-- TimescaleDB 2.29 takes an offset here and forgets it; there is no answer that would be right on both.
CREATE FUNCTION varve.time_bucket(
  bucket_width interval, ts uuid, timezone text,
  origin timestamptz DEFAULT NULL, "offset" interval DEFAULT NULL) RETURNS timestamptz
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF num_nulls(bucket_width, ts, timezone) > 0 THEN
    RETURN NULL;
  ELSIF "offset" IS NOT NULL THEN
    RAISE EXCEPTION 'time_bucket: an offset of % for a UUID in a time zone, which TimescaleDB ignores; expected none, or uuid_timestamp(…) in place of the UUID', "offset"
      USING ERRCODE = 'feature_not_supported';
  END IF;
  RETURN varve.time_bucket(bucket_width, varve_internal.time_of(ts), timezone, origin);
END
$$;

COMMENT ON FUNCTION varve.time_bucket(interval, uuid, text, timestamptz, interval) IS
  'The start of the bucket that holds the time in a UUID of version 7, by the clocks of a time zone. An offset is refused.';

CREATE FUNCTION varve_internal.refuse_width(bucket_width bigint, ts bigint, shift bigint)
RETURNS bigint
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'time_bucket: the width % is not positive', bucket_width
    USING ERRCODE = 'invalid_parameter_value';
END
$$;

COMMENT ON FUNCTION varve_internal.refuse_width(bigint, bigint, bigint) IS
  'Says what is wrong with a width that fits no bucket.';

-- In the type's own arithmetic, so that what leaves its range is refused (22003).

CREATE FUNCTION varve.time_bucket(bucket_width smallint, ts smallint) RETURNS smallint
IMMUTABLE PARALLEL SAFE
RETURN CASE
  WHEN bucket_width > 0
  THEN ts - ts % bucket_width - CASE WHEN ts % bucket_width < 0 THEN bucket_width ELSE 0::smallint END
  ELSE varve_internal.refuse_width(bucket_width, ts, 0)::smallint
END;

COMMENT ON FUNCTION varve.time_bucket(smallint, smallint) IS
  'The greatest multiple of the width that is not greater than the number.';

CREATE FUNCTION varve.time_bucket(bucket_width smallint, ts smallint, "offset" smallint) RETURNS smallint
IMMUTABLE PARALLEL SAFE
RETURN CASE
  WHEN bucket_width > 0
  THEN varve.time_bucket(bucket_width, ts - "offset" % bucket_width) + "offset" % bucket_width
  ELSE varve_internal.refuse_width(bucket_width, ts, "offset")::smallint
END;

COMMENT ON FUNCTION varve.time_bucket(smallint, smallint, smallint) IS
  'The start of the bucket that holds the number, all buckets moved by the offset.';

CREATE FUNCTION varve.time_bucket(bucket_width integer, ts integer) RETURNS integer
IMMUTABLE PARALLEL SAFE
RETURN CASE
  WHEN bucket_width > 0
  THEN ts - ts % bucket_width - CASE WHEN ts % bucket_width < 0 THEN bucket_width ELSE 0 END
  ELSE varve_internal.refuse_width(bucket_width, ts, 0)::integer
END;

COMMENT ON FUNCTION varve.time_bucket(integer, integer) IS
  'The greatest multiple of the width that is not greater than the number.';

CREATE FUNCTION varve.time_bucket(bucket_width integer, ts integer, "offset" integer) RETURNS integer
IMMUTABLE PARALLEL SAFE
RETURN CASE
  WHEN bucket_width > 0
  THEN varve.time_bucket(bucket_width, ts - "offset" % bucket_width) + "offset" % bucket_width
  ELSE varve_internal.refuse_width(bucket_width, ts, "offset")::integer
END;

COMMENT ON FUNCTION varve.time_bucket(integer, integer, integer) IS
  'The start of the bucket that holds the number, all buckets moved by the offset.';

CREATE FUNCTION varve.time_bucket(bucket_width bigint, ts bigint) RETURNS bigint
IMMUTABLE PARALLEL SAFE
RETURN CASE
  WHEN bucket_width > 0
  THEN ts - ts % bucket_width - CASE WHEN ts % bucket_width < 0 THEN bucket_width ELSE 0::bigint END
  ELSE varve_internal.refuse_width(bucket_width, ts, 0)
END;

COMMENT ON FUNCTION varve.time_bucket(bigint, bigint) IS
  'The greatest multiple of the width that is not greater than the number.';

CREATE FUNCTION varve.time_bucket(bucket_width bigint, ts bigint, "offset" bigint) RETURNS bigint
IMMUTABLE PARALLEL SAFE
RETURN CASE
  WHEN bucket_width > 0
  THEN varve.time_bucket(bucket_width, ts - "offset" % bucket_width) + "offset" % bucket_width
  ELSE varve_internal.refuse_width(bucket_width, ts, "offset")
END;

COMMENT ON FUNCTION varve.time_bucket(bigint, bigint, bigint) IS
  'The start of the bucket that holds the number, all buckets moved by the offset.';

-- Outright, because a database's default privileges may have taken it from PUBLIC.
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA varve, varve_internal TO PUBLIC;
