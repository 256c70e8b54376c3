/**
 * Offsets are given out under the lock of the partition's row, held until commit: a reader that has seen offset n never
 * misses one below it. Partitions are locked in one order, so that publishers cannot deadlock.
 */
export const steps: readonly string[] = [
  `
  CREATE TABLE bus.cluster (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    id uuid NOT NULL DEFAULT gen_random_uuid()
  );
  INSERT INTO bus.cluster DEFAULT VALUES;

  CREATE TABLE bus.topics (
    name text PRIMARY KEY,
    id uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
    partitions int NOT NULL CHECK (partitions > 0),
    retention_ms bigint
  );

  CREATE TABLE bus.partitions (
    topic_id uuid NOT NULL REFERENCES bus.topics (id) ON DELETE CASCADE,
    partition int NOT NULL,
    low bigint NOT NULL DEFAULT 0,
    next bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (topic_id, partition)
  );

  CREATE TABLE bus.messages (
    topic_id uuid NOT NULL,
    partition int NOT NULL,
    "offset" bigint NOT NULL,
    key text,
    headers json NOT NULL,
    value bytea NOT NULL,
    published_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (topic_id, partition, "offset"),
    FOREIGN KEY (topic_id, partition) REFERENCES bus.partitions ON DELETE CASCADE
  );

  CREATE TABLE bus.members (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    group_name text NOT NULL,
    expires_at timestamptz NOT NULL
  );
  CREATE INDEX ON bus.members (group_name);

  CREATE TABLE bus.owners (
    group_name text NOT NULL,
    topic text NOT NULL,
    partition int NOT NULL,
    member bigint NOT NULL REFERENCES bus.members (id) ON DELETE CASCADE,
    PRIMARY KEY (group_name, topic, partition)
  );

  CREATE FUNCTION bus.publish(topics text[], parts int[], keys text[], headers text[], vals bytea[])
  RETURNS TABLE (topic text, partition int, last_offset bigint)
  LANGUAGE plpgsql AS $$
  #variable_conflict use_column
  DECLARE
    wanted int;
    locked int;
  BEGIN
    SELECT count(*) INTO wanted FROM (SELECT DISTINCT t, p FROM unnest(topics, parts) AS u (t, p)) AS d;
    WITH held AS (
      SELECT p.topic_id
        FROM bus.partitions p JOIN bus.topics t ON t.id = p.topic_id
       WHERE (t.name, p.partition) IN (SELECT u.t, u.p FROM unnest(topics, parts) AS u (t, p))
       ORDER BY t.name, p.partition
         FOR UPDATE OF p
    )
    SELECT count(*) INTO locked FROM held;
    IF locked <> wanted THEN
      RAISE EXCEPTION 'a topic or partition of this batch does not exist' USING ERRCODE = 'undefined_object';
    END IF;
    INSERT INTO bus.messages (topic_id, partition, "offset", key, headers, value)
    SELECT p.topic_id, p.partition,
           p.next + row_number() OVER (PARTITION BY p.topic_id, p.partition ORDER BY u.nr) - 1,
           u.k, u.h::json, u.v
      FROM unnest(topics, parts, keys, headers, vals) WITH ORDINALITY AS u (t, p, k, h, v, nr)
      JOIN bus.topics t ON t.name = u.t
      JOIN bus.partitions p ON p.topic_id = t.id AND p.partition = u.p
     ORDER BY u.nr;
    PERFORM pg_notify('cairn_bus', '');
    RETURN QUERY
    UPDATE bus.partitions p
       SET next = p.next + n.messages
      FROM (SELECT t.id, t.name, u.p, count(*) AS messages
              FROM unnest(topics, parts) AS u (t, p) JOIN bus.topics t ON t.name = u.t
             GROUP BY t.id, t.name, u.p) AS n
     WHERE p.topic_id = n.id AND p.partition = n.p
    RETURNING n.name, p.partition, p.next - 1;
  END $$;
  `,
  `
  -- A member's beat, in one statement: whoever stands still cannot do so in the middle of it. A member whose session is
  -- gone holds its lock no longer. Of the n members, the k-th has every n-th partition from the k-th on.
  CREATE FUNCTION bus.beat(grp text, me bigint, member_lock int, lease interval, topics text[], parts int[], busy boolean[])
  RETURNS json
  LANGUAGE plpgsql AS $$
  DECLARE
    members bigint[];
    mine int[];
  BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('cairn_bus ' || grp, 0));
    UPDATE bus.members SET expires_at = clock_timestamp() + lease WHERE id = me;
    IF NOT FOUND THEN
      RETURN NULL;
    END IF;
    DELETE FROM bus.members m
     WHERE m.group_name = grp AND m.id <> me
       AND (m.expires_at < clock_timestamp() OR pg_try_advisory_xact_lock(member_lock, m.id::int));
    SELECT array_agg(m.id ORDER BY m.id) INTO members FROM bus.members m WHERE m.group_name = grp;
    mine := ARRAY (SELECT nr FROM generate_subscripts(topics, 1) AS nr
                    WHERE (nr - array_position(members, me)) % cardinality(members) = 0);
    DELETE FROM bus.owners o
     WHERE o.member = me AND NOT EXISTS (
       SELECT FROM unnest(topics, parts, busy) WITH ORDINALITY AS u (t, p, b, nr)
        WHERE u.t = o.topic AND u.p = o.partition AND (b OR nr = ANY (mine)));
    IF FOUND THEN
      PERFORM pg_notify('cairn_bus', grp);
    END IF;
    INSERT INTO bus.owners (group_name, topic, partition, member)
    SELECT grp, topics[nr], parts[nr], me FROM unnest(mine) AS nr
        ON CONFLICT (group_name, topic, partition) DO NOTHING;
    RETURN (SELECT coalesce(json_agg(json_build_object('topic', o.topic, 'partition', o.partition) ORDER BY nr), '[]')
              FROM unnest(mine) AS nr JOIN bus.owners o ON o.topic = topics[nr] AND o.partition = parts[nr]
             WHERE o.group_name = grp AND o.member = me);
  END $$;
  `,
  `
  -- The notice says how far the partitions reach now, so that readers need not ask; where it would be too long, they do.
  -- Planned once: planning anew for the arrays of each call takes as long as all the rest.
  CREATE OR REPLACE FUNCTION bus.publish(topics text[], parts int[], keys text[], headers text[], vals bytea[])
  RETURNS TABLE (topic text, partition int, last_offset bigint)
  LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
  #variable_conflict use_column
  DECLARE
    wanted int;
    locked int;
    names text[];
    numbers int[];
    nexts bigint[];
    highs text;
  BEGIN
    SELECT count(*) INTO wanted FROM (SELECT DISTINCT t, p FROM unnest(topics, parts) AS u (t, p)) AS d;
    WITH held AS (
      SELECT p.topic_id
        FROM bus.partitions p JOIN bus.topics t ON t.id = p.topic_id
       WHERE (t.name, p.partition) IN (SELECT u.t, u.p FROM unnest(topics, parts) AS u (t, p))
       ORDER BY t.name, p.partition
         FOR UPDATE OF p
    )
    SELECT count(*) INTO locked FROM held;
    IF locked <> wanted THEN
      RAISE EXCEPTION 'a topic or partition of this batch does not exist' USING ERRCODE = 'undefined_object';
    END IF;
    INSERT INTO bus.messages (topic_id, partition, "offset", key, headers, value)
    SELECT p.topic_id, p.partition,
           p.next + row_number() OVER (PARTITION BY p.topic_id, p.partition ORDER BY u.nr) - 1,
           u.k, u.h::json, u.v
      FROM unnest(topics, parts, keys, headers, vals) WITH ORDINALITY AS u (t, p, k, h, v, nr)
      JOIN bus.topics t ON t.name = u.t
      JOIN bus.partitions p ON p.topic_id = t.id AND p.partition = u.p
     ORDER BY u.nr;
    WITH moved AS (
      UPDATE bus.partitions p
         SET next = p.next + n.messages
        FROM (SELECT t.id, t.name, u.p, count(*) AS messages
                FROM unnest(topics, parts) AS u (t, p) JOIN bus.topics t ON t.name = u.t
               GROUP BY t.id, t.name, u.p) AS n
       WHERE p.topic_id = n.id AND p.partition = n.p
      RETURNING n.name, p.partition, p.next
    )
    SELECT array_agg(m.name), array_agg(m.partition), array_agg(m.next), json_object_agg(m.name || '/' || m.partition, m.next)
      INTO names, numbers, nexts, highs FROM moved m;
    PERFORM pg_notify('cairn_bus', CASE WHEN octet_length(highs) < 8000 THEN highs ELSE '' END);
    RETURN QUERY SELECT u.name, u.number, u.next - 1 FROM unnest(names, numbers, nexts) AS u (name, number, next);
  END $$;
  `,
];
