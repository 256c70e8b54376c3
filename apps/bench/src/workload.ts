import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { migrateImported } from '@cairn/event-store/postgres';
import type { Envelope } from '@cairn/contracts';
import type { Pool } from 'pg';

/** As analytics calls the schema of its log. */
export const SCHEMA = 'imported';

const COACHEES_AT_ONCE = 2_000;
export const COACHEES_PER_PROGRAM = 10_000;
const SESSIONS = 6;

/** What is said of one coachee from the HR file to the last session, as (context, event, how often). */
const LIFE = [
  ['enrollment', 'PersonAdded'],
  ['enrollment', 'ParticipantNominated'],
  ['enrollment', 'InvitationSent'],
  ['enrollment', 'EnrollmentActivated'],
  ['enrollment', 'SessionsAllotted'],
  ['enrollment', 'MatchRequested'],
  ['enrollment', 'CoachMatched'],
  ['sessions', 'EngagementPlanned'],
  ['sessions', 'EngagementStarted'],
  ['goals', 'GoalProposed'],
  ['goals', 'GoalAgreed'],
  ['goals', 'AttainmentScaleDefined'],
  ['goals', 'AttainmentScored'],
  ...Array.from({ length: SESSIONS }, (_, session) =>
    (['SessionScheduled', 'SessionConfirmed', 'SessionCompleted'] as const).map(
      (name) => ['sessions', name, session] as const,
    ),
  ).flat(),
  ...Array.from({ length: SESSIONS }, () => ['goals', 'CheckInRecorded'] as const),
] as const;

export const EVENTS_PER_COACHEE = LIFE.length;

const PROGRAM = [
  ['enrollment', 'ProgramCreated'],
  ['enrollment', 'CohortOpened'],
  ['enrollment', 'CoachApproved'],
] as const;

/** The golden example of each event names the same people and things: these, which every coachee has anew. */
const ANEW = ['person', 'enrollment', 'match', 'engagement', 'goal', 'session'] as const;

export interface Workload {
  readonly events: number;
  readonly tenantId: string;
  /** The first programme. */
  readonly programId: string;
  /** Of all programmes. */
  readonly coachees: number;
  readonly perProgram: number;
}

/**
 * Fills analytics' log of a new database with programmes of so many coachees each, made of the golden examples of the
 * contracts, until it holds about so many events.
 */
export async function fillImported(
  pool: Pool,
  events: number,
  perProgram = COACHEES_PER_PROGRAM,
): Promise<Workload> {
  await migrateImported(pool, SCHEMA);
  return growImported(pool, { coachees: 0, perProgram }, events);
}

/** Adds whole coachees after those that are there, until the log holds about so many events. */
export async function growImported(
  pool: Pool,
  { coachees: coacheesThere, perProgram }: Pick<Workload, 'coachees' | 'perProgram'>,
  events: number,
): Promise<Workload> {
  const life = await templatesOf(LIFE);
  const program = await templatesOf(PROGRAM);
  const ids = await goldenIds();
  const coachees = Math.max(1, Math.ceil(events / life.texts.length));
  const [{ recordedtime, tenantid }] = life.envelopes as [Envelope];
  const insert = async ({ texts, sources, sessions }: typeof life, from: number, to: number) =>
    pool.query(INSERT, [
      from,
      to,
      texts,
      sources,
      sessions,
      ...ANEW.map((name) => ids[name]),
      ids.program,
      recordedtime,
      perProgram,
    ]);
  if (coacheesThere === 0) await insert(program, 0, 0);
  for (let from = coacheesThere; from < coachees; from += COACHEES_AT_ONCE)
    await insert(life, from, Math.min(from + COACHEES_AT_ONCE, coachees) - 1);
  await pool.query(`VACUUM ANALYZE ${SCHEMA}.events`);
  const { rows } = await pool.query<{ events: number; program: string }>(
    `SELECT (SELECT max(position)::int FROM ${SCHEMA}.events) AS events, md5('program 0')::uuid::text AS program`,
  );
  return { events: rows[0]!.events, tenantId: tenantid, programId: rows[0]!.program, coachees, perProgram };
}

/** Examples with their place within their stream; `sessions` says which of a coachee's sessions an event is of. */
async function templatesOf(list: readonly (readonly [string, string, number?])[]) {
  const versions = new Map<string, number>();
  const envelopes = await Promise.all(list.map(([context, name]) => golden(context, name)));
  const texts = envelopes.map((envelope, at) => {
    const stream = `${envelope.subject} ${list[at]![2] ?? 0}`;
    versions.set(stream, (versions.get(stream) ?? 0) + 1);
    return JSON.stringify({ ...envelope, streamversion: versions.get(stream) });
  });
  return {
    envelopes,
    texts,
    sources: envelopes.map(({ source }) => source),
    sessions: list.map(([, , session]) => session ?? 0),
  };
}

async function golden(context: string, name: string): Promise<Envelope> {
  const file = fileURLToPath(import.meta.resolve(`@cairn/contracts/golden/${context}/v1/${name}.json`));
  return JSON.parse(await readFile(file, 'utf8')) as Envelope;
}

async function goldenIds() {
  const session = (await golden('sessions', 'SessionScheduled')).data as Record<string, string>;
  const { matchId } = (await golden('enrollment', 'CoachMatched')).data as Record<string, string>;
  const { goalId } = (await golden('goals', 'GoalProposed')).data as Record<string, string>;
  return {
    person: session['personId']!,
    enrollment: session['enrollmentId']!,
    engagement: session['engagementId']!,
    session: session['sessionId']!,
    program: session['programId']!,
    match: matchId!,
    goal: goalId!,
  };
}

/** $1 to $2: coachees; $3 to $5: the examples; $6 on: the ids in them; the programme's, when all was recorded, and coachees per programme. */
const INSERT = `
INSERT INTO ${SCHEMA}.events (position, recorded_at, log_index, log_position, log, source, envelope)
SELECT p, $13::timestamptz, 0, lpad(p::text, 16, '0'), '1', source,
  replace(${ANEW.reduceRight(
    (text, name, at) =>
      `replace(${text}, $${at + 6}::text, md5('${name} ' || i${name === 'session' ? ` || ' ' || session` : ''})::uuid::text)`,
    `replace(example, $12::text, md5('program ' || i / $14::int)::uuid::text)`,
  )}, '0000000000000042', lpad(p::text, 16, '0'))::json
FROM (SELECT i, example, source, session, there + (i - $1) * cardinality($3::text[]) + ordinal AS p
      FROM generate_series($1::int, $2::int) i,
        unnest($3::text[], $4::text[], $5::int[]) WITH ORDINALITY AS e (example, source, session, ordinal),
        (SELECT coalesce(max(position), 0) AS there FROM ${SCHEMA}.events) AS t) AS made`;
