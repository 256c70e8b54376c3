import type { ClientBase } from 'pg';

/**
 * The one way into the log. It takes the log's lock, held through commit, and numbers positions under it: position order
 * is commit order, so a reader who has seen a position never misses one below it.
 *
 * Arguments: one element per append in `targets` (stream), `expected` (version) and `sizes` (events); one per event in
 * the others, in the order of the appends. With `strict` a refusal is raised, so that the caller's transaction cannot
 * commit; without, each append is judged on its own. `verdicts` is null when everything was appended, else an array with
 * one [outcome, version, position, event id] per append: 'appended', 'repeated', 'wrong-version' or 'other-content'.
 */
export const appendFunction = (schema: string): string => `
CREATE FUNCTION ${schema}.append(
  strict boolean, notify boolean,
  targets text[], expected int[], sizes int[],
  streams text[], versions int[], ids text[], types text[], occurred text[], tenants text[], data json[], metadata json[],
  OUT first_position bigint, OUT verdicts json
) LANGUAGE plpgsql SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  latest timestamptz;
  stamp timestamptz;
  clean boolean;
  judged json[] := '{}';
  next_position bigint;
  first int := 1;
  final int;
  head int;
  there record;
  outcome text;
BEGIN
  ${lockTheLog(schema)}
  SELECT e.position, e.recorded_at INTO next_position, latest FROM ${schema}.events e ORDER BY e.position DESC LIMIT 1;
  next_position := coalesce(next_position, 0) + 1;
  first_position := next_position;
  stamp := greatest(date_trunc('milliseconds', clock_timestamp()), latest);

  -- As a rule each append has a stream of its own that stands where it should: one statement for all of them.
  SELECT count(DISTINCT a.stream) = cardinality(targets) AND bool_and(a.version = coalesce(
      (SELECT e.version FROM ${schema}.events e WHERE e.stream = a.stream COLLATE "C" ORDER BY e.version DESC LIMIT 1), 0))
    INTO clean FROM unnest(targets, expected) AS a(stream, version);
  IF clean THEN
    BEGIN
      INSERT INTO ${schema}.events
        (position, occurred_at, recorded_at, event_id, version, stream, type, tenant_id, data, metadata)
      SELECT next_position + i.ordinal - 1, i.occurred::timestamptz, stamp, i.id::uuid, i.version, i.stream, i.type,
             i.tenant, i.data, i.metadata
      FROM unnest(streams, versions, ids, types, occurred, tenants, data, metadata)
        WITH ORDINALITY AS i(stream, version, id, type, occurred, tenant, data, metadata, ordinal);
      IF notify THEN PERFORM ${notifyReaders(schema, 'next_position + cardinality(ids) - 1')}; END IF;
      RETURN;
    EXCEPTION WHEN unique_violation THEN
      NULL; -- an id was there already: judge one by one
    END;
  END IF;

  FOR n IN 1 .. cardinality(targets) LOOP
    final := first + sizes[n] - 1;
    head := coalesce((SELECT e.version FROM ${schema}.events e WHERE e.stream = targets[n] ORDER BY e.version DESC LIMIT 1), 0);
    SELECT count(*) AS events, max(e.version) AS version, max(e.position) AS position,
           count(DISTINCT e.version - i.version) AS shifts,
           min(e.event_id::text) FILTER (WHERE e.metadata->>'contentHash' <> i.metadata->>'contentHash') AS other
      INTO there
      FROM unnest(ids[first:final], versions[first:final], metadata[first:final]) AS i(id, version, metadata)
      JOIN ${schema}.events e ON e.stream = targets[n] AND e.event_id = i.id::uuid;
    outcome := CASE
      WHEN there.other IS NOT NULL THEN 'other-content'
      WHEN there.events = sizes[n] AND there.shifts = 1 THEN 'repeated'
      WHEN there.events > 0 OR head <> expected[n] THEN 'wrong-version'
      ELSE 'appended' END;
    IF strict AND outcome = 'wrong-version' THEN
      RAISE EXCEPTION 'stream % stands at version %, expected %', targets[n], head, expected[n]
        USING ERRCODE = 'CA001', DETAIL = json_build_array(n - 1, head);
    ELSIF strict AND outcome = 'other-content' THEN
      RAISE EXCEPTION 'stream % already holds event % with other content', targets[n], there.other
        USING ERRCODE = 'CA002', DETAIL = json_build_array(n - 1, there.other);
    ELSIF outcome = 'appended' THEN
      INSERT INTO ${schema}.events
        (position, occurred_at, recorded_at, event_id, version, stream, type, tenant_id, data, metadata)
      SELECT next_position + i.ordinal - 1, i.occurred::timestamptz, stamp, i.id::uuid, i.version, targets[n], i.type,
             i.tenant, i.data, i.metadata
      FROM unnest(versions[first:final], ids[first:final], types[first:final], occurred[first:final],
          tenants[first:final], data[first:final], metadata[first:final])
        WITH ORDINALITY AS i(version, id, type, occurred, tenant, data, metadata, ordinal);
      next_position := next_position + sizes[n];
      head := head + sizes[n];
    END IF;
    judged := judged || json_build_array(outcome,
      CASE outcome WHEN 'repeated' THEN there.version ELSE head END,
      CASE outcome WHEN 'repeated' THEN there.position ELSE next_position - 1 END, there.other);
    first := final + 1;
  END LOOP;
  verdicts := to_json(judged);
  IF notify THEN PERFORM ${notifyReaders(schema, 'next_position - 1')}; END IF;
END $$;`;

/** Positions as readers write them; see toPosition. */
export const notifyReaders = (schema: string, position: string): string =>
  `pg_notify('${schema}_appended', lpad((${position})::text, 16, '0'))`;

/** Who holds the log's lock may stand still no longer. */
export const HOLDS_LOG_SECONDS = 5;

/**
 * READ COMMITTED, because a snapshot taken before the lock would not see what others have committed since. And bounds on
 * waiting: a process that stands still before its COMMIT loses its connection instead of stopping the log.
 */
export const lockTheLog = (schema: string): string => `
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'append in a READ COMMITTED transaction, not in a % one', current_setting('transaction_isolation')
      USING ERRCODE = 'CA004';
  END IF;
  IF current_setting('lock_timeout') = '0' THEN
    PERFORM set_config('lock_timeout', '10s', true);
  END IF;
  IF current_setting('idle_in_transaction_session_timeout')::interval NOT BETWEEN '1 millisecond' AND '${HOLDS_LOG_SECONDS} seconds' THEN
    PERFORM set_config('idle_in_transaction_session_timeout', '${HOLDS_LOG_SECONDS}s', true);
  END IF;
  PERFORM ${logLock(schema)};`;

export const logLock = (schema: string): string =>
  `pg_advisory_xact_lock(hashtextextended('cairn:${schema}', 0))`;

/** Takes the log's lock until the caller's transaction ends: nobody appends meanwhile. */
export async function lockLog(client: ClientBase, schema = 'log'): Promise<void> {
  await client.query(`SELECT ${logLock(schema)}`);
}
