/** One row per service: who relays its log, under which fence, and how far that has come. */
export const steps: readonly string[] = [
  `
  CREATE TABLE relay.relays (
    service text PRIMARY KEY,
    -- Raised each time that the lease changes hands: what was decided under a lower one changes nothing any more.
    fence int NOT NULL DEFAULT 0,
    expires_at timestamptz NOT NULL DEFAULT '-infinity',
    -- The generation of the log that the position belongs to; null before anything is published.
    log int,
    position text COLLATE "C" NOT NULL DEFAULT '',
    moved_at timestamptz,
    watermark_at timestamptz
  );
  `,
  `
  -- Whether the position is exactly what was sent: not while a relay is at it, nor after one that did not end in order.
  ALTER TABLE relay.relays ADD COLUMN settled boolean NOT NULL DEFAULT false;
  `,
];
