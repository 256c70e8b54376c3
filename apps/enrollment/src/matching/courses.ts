import type { ReceivedEvent } from '@cairn/messaging';
import type { PoolClient } from 'pg';
import type { EntityManager } from 'typeorm';
import {
  BEGINNING,
  bookedUntil,
  daysAfter,
  follow,
  isOfCourse,
  risksOf,
  SILENT_DAYS,
  type Course,
} from './course.js';
import type { Risk } from './match.events.js';

/** What an event changes in the judgement of its match. */
export interface Judgement {
  readonly reasons: readonly Risk[];
  /** Unless more is booked. */
  readonly silentAt: string;
}

/**
 * Keeps what a batch says of the courses of engagements, in three statements. @returns by the id of the event the judgements
 * that are news: the reasons changed, what may have been silence is none, or it may begin sooner
 */
export async function learnCourses(
  client: PoolClient,
  events: readonly ReceivedEvent[],
  now: string,
): Promise<ReadonlyMap<string, Judgement>> {
  const news = new Map<string, Judgement>();
  const told = events.filter(isOfCourse);
  if (told.length === 0) return news;
  const ids = [...new Set(told.map(({ data }) => data.engagementId))].sort();
  const tenants = new Map(told.map(({ data, envelope }) => [data.engagementId, envelope.tenantid]));
  // Sessions of one engagement come by several partitions at once: each takes the course where the other left it.
  await client.query(
    `INSERT INTO engagement_courses (engagement_id, tenant_id, course)
     SELECT *, $3::jsonb FROM unnest($1::uuid[], $2::uuid[]) ON CONFLICT DO NOTHING`,
    [ids, ids.map((id) => tenants.get(id)), JSON.stringify(BEGINNING)],
  );
  const { rows } = await client.query<{ id: string; course: Course }>(
    `SELECT engagement_id AS id, course FROM engagement_courses WHERE engagement_id = ANY ($1)
      ORDER BY engagement_id FOR UPDATE`,
    [ids],
  );
  const courses = new Map(rows.map(({ id, course }) => [id, course]));
  const changed = new Set<string>();
  for (const event of told) {
    const { engagementId } = event.data;
    const before = courses.get(engagementId)!;
    const after = follow(before, event);
    if (after === before) continue;
    courses.set(engagementId, after);
    changed.add(engagementId);
    const judgement = newsOf(before, after, event.envelope.time, now);
    if (judgement !== null) news.set(event.envelope.id, judgement);
  }
  if (changed.size === 0) return news;
  await client.query(
    `UPDATE engagement_courses c SET course = told.course
       FROM unnest($1::uuid[], $2::jsonb[]) AS told (engagement_id, course)
      WHERE c.engagement_id = told.engagement_id`,
    [[...changed], [...changed].map((id) => JSON.stringify(courses.get(id)))],
  );
  return news;
}

/** @param now when it is heard of: silence may have been told since it happened, or be told at this moment */
function newsOf(before: Course, after: Course, at: string, now: string): Judgement | null {
  const reasons = risksOf(after);
  const last = bookedUntil(before);
  const until = bookedUntil(after)!;
  const silentAt = daysAfter(until, SILENT_DAYS.weekly);
  const heard = daysAfter(now > at ? now : at, 1);
  const wasSilent = last === null || daysAfter(last, SILENT_DAYS.weekly) <= heard;
  const isNews = (wasSilent && silentAt > at) || (last !== null && until < last);
  if (!isNews && risksOf(before).join() === reasons.join()) return null;
  return { reasons, silentAt };
}

export async function courseOf(manager: EntityManager, engagementId: string): Promise<Course> {
  const rows: { course: Course }[] = await manager.query(
    'SELECT course FROM engagement_courses WHERE engagement_id = $1',
    [engagementId],
  );
  return rows[0]?.course ?? BEGINNING;
}
