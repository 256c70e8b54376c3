import { RefusedError } from '@cairn/decider';
import type { Subject } from '@cairn/identity';
import type { Pool } from 'pg';
import { Values, visibleTo } from '../../access.js';
import type { Appointment } from '../icalendar.js';

const DAY_MS = 86_400_000;
const DAYS_BACK = 31;
const MAX_DAYS = 366;

export interface Window {
  readonly from: Date;
  readonly to: Date;
}

/**
 * From a month ago (or before `to`) a year on, unless asked otherwise. Nobody has two sessions at a time, so that bounds all
 * but the cancelled ones.
 * @throws RefusedError where it is longer than a year
 */
export function windowOf({ from: asked, to: until }: { from?: string; to?: string }, now: Date): Window {
  const end = until ? Date.parse(until) : Infinity;
  const from = asked ? Date.parse(asked) : Math.min(now.getTime(), end) - DAYS_BACK * DAY_MS;
  const to = until ? end : from + MAX_DAYS * DAY_MS;
  if (to - from > MAX_DAYS * DAY_MS)
    throw new RefusedError({
      kind: 'malformed',
      slug: 'window-too-long',
      detail: `A calendar covers at most ${MAX_DAYS} days; bring from and to closer together.`,
      errors: [{ pointer: '/to', detail: `at most ${MAX_DAYS} days after from` }],
    });
  return { from: new Date(from), to: new Date(to) };
}

/** The subject's own sessions that begin in the window, as coachee and as coach, by start; cancelled ones too. */
export async function appointmentsOf(pool: Pool, subject: Subject, { from, to }: Window) {
  const own = { ...subject, roles: subject.roles.filter((role) => role === 'coachee' || role === 'coach') };
  const values = new Values();
  const { rows } = await pool.query<Appointment>(
    `SELECT s.session_id AS "sessionId", engagement_id AS "engagementId", s.starts_at AS "startsAt", s.ends_at AS "endsAt",
            s.revision, EXISTS (SELECT FROM slots WHERE session_id = s.session_id) AS "takesTime"
       FROM sessions s JOIN engagements e USING (engagement_id)
      WHERE ${visibleTo(own, values)} AND s.starts_at >= ${values.add(from)} AND s.starts_at < ${values.add(to)}
      ORDER BY s.starts_at, s.session_id`,
    values.list,
  );
  return rows;
}
