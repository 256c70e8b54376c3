import { listing } from '@cairn/http';
import type { Subject } from '@cairn/identity';
import type { Pool } from 'pg';
import { Values, visibleTo } from '../../access.js';
import type { SessionsQuery } from './session.dto.js';
import { listed, SESSION_COLUMNS, type SessionRow } from './session.view.js';

const sessions = listing('sessions.1', { startsAt: 'instant', sessionId: 'id' });

/** The sessions that the subject may see, by start. */
export async function listSessions(pool: Pool, subject: Subject, query: SessionsQuery) {
  const values = new Values();
  const where = [visibleTo(subject, values), `s.tenant_id = ${values.add(subject.tenantId)}`];
  if (query.state) where.push(`s.state = ${values.add(query.state)}`);
  if (query.engagementId) where.push(`s.engagement_id = ${values.add(query.engagementId)}`);
  if (query.programId) where.push(`e.program_id = ${values.add(query.programId)}`);
  if (query.from) where.push(`s.starts_at >= ${values.add(query.from)}`);
  if (query.to) where.push(`s.starts_at < ${values.add(query.to)}`);
  const after = sessions.under(query).after(query.cursor);
  if (after)
    where.push(
      `(s.starts_at, s.session_id) > (${values.add(after.startsAt)}, ${values.add(after.sessionId)})`,
    );
  const { rows } = await pool.query<SessionRow>(
    `SELECT ${SESSION_COLUMNS} FROM sessions s JOIN engagements e USING (engagement_id)
      WHERE ${where.join(' AND ')} ORDER BY s.starts_at, s.session_id LIMIT ${values.add(query.limit + 1)}`,
    values.list,
  );
  const placeOf = ({ startsAt, sessionId }: SessionRow) => ({ startsAt: startsAt.toISOString(), sessionId });
  return sessions.under(query).page(rows, query.limit, placeOf, listed);
}
