import { PROJECTIONS } from '@cairn/analytics/app.module';
import type { Pool } from 'pg';
import { SCHEMA } from '../workload.js';

/** The tables of the projection `participation`, and the events of which each keeps a fact. */
const TABLES = {
  enrollment_facts_v1: ['ParticipantNominated', 'InvitationSent', 'EnrollmentActivated', 'SessionsAllotted'],
  match_facts_v1: ['MatchRequested', 'CoachMatched'],
  engagement_facts_v1: ['EngagementPlanned', 'EngagementStarted'],
  session_facts_v1: ['SessionScheduled', 'SessionCompleted'],
  goal_facts_v2: [
    'GoalProposed',
    'GoalAgreed',
    'AttainmentScaleDefined',
    'AttainmentScored',
    'CheckInRecorded',
  ],
};

/** What every fact has, and the member of the envelope that it comes of. */
const STAMP: Readonly<Record<string, string>> = {
  tenant_id: 'tenantid',
  stream: 'subject',
  version: 'streamversion',
  index: 'logindex',
  occurred_at: 'time',
  recorded_at: 'recordedtime',
  fact: 'type',
};

/**
 * One statement that writes the rows of `participation` from the log inside the database: nothing leaves it, and each
 * document is taken apart once. It writes as many rows of as many columns; each event has a row of its own, so that
 * there is nothing to group, which only makes the limit harder to come near.
 */
export async function foldStatement(pool: Pool, events: number): Promise<string> {
  const inserts: string[] = [];
  for (const [table, names] of Object.entries(TABLES)) {
    const { rows } = await pool.query<{ name: string; type: string }>(
      `SELECT attname AS name, format_type(atttypid, atttypmod) AS type FROM pg_attribute
        WHERE attrelid = $1::regclass AND attnum > 0 ORDER BY attnum`,
      [table],
    );
    const own = rows.filter(({ name }) => !(name in STAMP));
    const columns = rows.map(({ name }) => name);
    inserts.push(`${table}_rows AS (INSERT INTO ${table} (${columns.map((name) => `"${name}"`).join(', ')})
      SELECT ${columns.map((name) => STAMP[name] ?? `"${memberOf(name)}"`).join(', ')}
      FROM said, json_to_record(data) AS d(${own.map(({ name, type }) => `"${memberOf(name)}" ${type}`).join(', ')})
      WHERE type = ANY ('{${names.map(typeOf).join(',')}}'))`);
  }
  return `WITH said AS MATERIALIZED (
      SELECT r.* FROM ${SCHEMA}.events e, json_to_record(e.envelope) AS r(type text, subject text, time timestamptz,
        recordedtime timestamptz, tenantid uuid, streamversion int, logindex int, data json)
      WHERE e.position <= ${events}),
    ${inserts.join(',\n')}
    SELECT`;
}

const memberOf = (column: string): string =>
  column.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** `SessionScheduled` → `cairn.sessions.session-scheduled.v1` */
const typeOf = (name: string): string => {
  const context = /^(Session|Engagement)/.test(name) && name !== 'SessionsAllotted' ? 'sessions' : undefined;
  const goals = /^(Goal|Attainment|CheckIn)/.test(name) ? 'goals' : 'enrollment';
  return `cairn.${context ?? goals}.${name.replace(/(?!^)[A-Z]/g, '-$&').toLowerCase()}.v1`;
};

const MAKE = PROJECTIONS.find(({ name }) => name === 'participation')!
  .tables.map((table) => table.indexes)
  .join('\n');

/** The statements that make what the projection's tables are read by, and that remove it. */
export const indexes = {
  make: MAKE,
  drop: [...MAKE.matchAll(/EXISTS (\w+) ON/g)].map(([, name]) => `DROP INDEX IF EXISTS ${name};`).join('\n'),
};

/** Empties the projection's tables. */
export const emptyTables = (pool: Pool) => pool.query(`TRUNCATE ${Object.keys(TABLES).join(', ')}`);

/** How many rows they hold: both sides must write as many. */
export async function rowsWritten(pool: Pool): Promise<number> {
  const counts = Object.keys(TABLES).map((table) => `(SELECT count(*) FROM ${table})`);
  const { rows } = await pool.query<{ rows: string }>(`SELECT ${counts.join(' + ')} AS rows`);
  return Number(rows[0]!.rows);
}
