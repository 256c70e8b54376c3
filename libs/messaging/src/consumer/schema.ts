/** What a service's consumer keeps in the service's own database, beside what its batches write. */
export const steps: readonly string[] = [
  `
  CREATE TABLE bus_in.groups (
    name text PRIMARY KEY,
    -- Why it does not go on by itself; null while it runs.
    stopped text,
    seen_at timestamptz
  );

  CREATE TABLE bus_in.subscriptions (
    group_name text NOT NULL REFERENCES bus_in.groups (name),
    topic text NOT NULL,
    -- Where the next assignment begins; null once it has begun.
    start text CHECK (start IN ('beginning', 'end')),
    PRIMARY KEY (group_name, topic)
  );

  CREATE TABLE bus_in.checkpoints (
    group_name text NOT NULL,
    topic text NOT NULL,
    partition int NOT NULL,
    cluster_id text NOT NULL,
    topic_id text NOT NULL,
    -- The last offset handled, -1 before the first; null after a reset, until it begins again.
    "offset" bigint,
    -- The highest mark handled: what is not beyond it is a repetition.
    seen_log int, seen_position text COLLATE "C", seen_index int,
    -- The highest mark handled before a reset: up to it, reactions have had their effect already.
    replay_log int, replay_position text COLLATE "C", replay_index int,
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (group_name, topic, partition)
  );

  CREATE TABLE bus_in.dead_letters (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    group_name text NOT NULL,
    topic text NOT NULL,
    topic_id text NOT NULL,
    partition int NOT NULL,
    "offset" bigint NOT NULL,
    -- A poison message, or one held behind a poison message of its stream.
    kind text NOT NULL CHECK (kind IN ('poison', 'held')),
    stream text,
    reason text,
    detail text,
    headers json NOT NULL,
    value bytea NOT NULL,
    attempts int NOT NULL DEFAULT 0,
    at timestamptz NOT NULL DEFAULT now(),
    settled_at timestamptz,
    settled text CHECK (settled IN ('redriven', 'replayed')),
    UNIQUE (group_name, topic_id, partition, "offset")
  );
  CREATE INDEX ON bus_in.dead_letters (group_name, topic, stream) WHERE settled_at IS NULL;

  CREATE TABLE bus_in.watermarks (
    group_name text NOT NULL,
    source text NOT NULL,
    covered timestamptz NOT NULL,
    offsets json NOT NULL,
    PRIMARY KEY (group_name, source, covered)
  );

  CREATE TABLE bus_in.requests (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    group_name text NOT NULL,
    -- The dead letters to redrive; null for all.
    dead_letters bigint[],
    at timestamptz NOT NULL DEFAULT now(),
    taken_until timestamptz,
    finished_at timestamptz,
    result json
  );
  CREATE INDEX ON bus_in.requests (group_name) WHERE finished_at IS NULL;
  `,
  // How often the group was reset: a member that reads on sees by it that it has to be placed anew.
  'ALTER TABLE bus_in.groups ADD COLUMN resets int NOT NULL DEFAULT 0',
  `
  -- A group may also begin again where a time lies, but never later than it had come, and for one tenant alone.
  ALTER TABLE bus_in.subscriptions DROP CONSTRAINT subscriptions_start_check, ADD COLUMN start_at timestamptz,
    ADD CHECK (start IN ('beginning', 'end', 'time') AND (start = 'time') = (start_at IS NOT NULL));
  ALTER TABLE bus_in.checkpoints ADD COLUMN reset_from bigint, ADD COLUMN replay_tenant text;
  -- Handled before, in which case no reaction to it is due any more.
  ALTER TABLE bus_in.dead_letters ADD COLUMN replay boolean NOT NULL DEFAULT false,
    ADD COLUMN settled_because text, DROP CONSTRAINT dead_letters_settled_check,
    ADD CHECK (settled IN ('redriven', 'replayed', 'discarded') AND (settled = 'discarded') = (settled_because IS NOT NULL));
  `,
  // When the next event was recorded, where it waits for what it refers to.
  'ALTER TABLE bus_in.checkpoints ADD COLUMN waits_at timestamptz',
  // Headers that were kept as they came, which PostgreSQL cannot read again: with NUL, or half a character.
  String.raw`
  UPDATE bus_in.dead_letters SET headers = regexp_replace(headers::text, '\\u(0000|d[89a-f][0-9a-f]{2})', '\\ufffd', 'g')::json
   WHERE headers::text ~ '\\u(0000|d[89a-f][0-9a-f]{2})'`,
  `
  -- Why it cannot read for now; null while it can.
  ALTER TABLE bus_in.groups ADD COLUMN trouble text;
  -- What keeps it from going on, of a partition that stands at fault_after: void once that has moved.
  ALTER TABLE bus_in.checkpoints ADD COLUMN fault text, ADD COLUMN fault_after bigint, ADD COLUMN fault_since timestamptz;
  `,
];
