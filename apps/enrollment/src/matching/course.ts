import type { ReceivedEvent } from '@cairn/messaging';
import type { Risk } from './match.events.js';

/** What became of a session: held, missed, or judged to be neither; nothing while it is open. */
type Outcome = 'held' | 'no-show' | 'other';

interface Session {
  /** The highest heard of its stream: what comes again in a replay changes nothing. */
  readonly version: number;
  readonly startsAt: string;
  readonly cancelledAt?: string;
  readonly outcome?: Outcome;
}

/** The course that the sessions of one engagement take, as far as it has been heard of. */
export interface Course {
  readonly sessions: Readonly<Record<string, Session>>;
  /** When one of the two moved or cancelled a session. */
  readonly steps: readonly string[];
}

export const BEGINNING: Course = { sessions: {}, steps: [] };

/** From so many days without anything in the calendar on, there is silence; at a monthly cadence later. */
export const SILENT_DAYS = { weekly: 21, 'bi-weekly': 21, monthly: 35 } as const;

export const COURSE_EVENTS = [
  'SessionScheduled',
  'SessionRescheduled',
  'SessionCancelled',
  'SessionCompleted',
  'NoShowRecorded',
  'SessionUnconfirmed',
  'OutcomeCorrected',
] as const;
export type CourseEvent = Extract<ReceivedEvent, { name: (typeof COURSE_EVENTS)[number] }>;

export const isOfCourse = (event: ReceivedEvent): event is CourseEvent =>
  (COURSE_EVENTS as readonly string[]).includes(event.name);

/** The course after an event; the same one where it is no news. What is told for the first time is, whatever its version. */
export function follow(course: Course, event: CourseEvent): Course {
  const { sessionId } = event.data;
  const { streamversion: version, time: at } = event.envelope;
  const known = course.sessions[sessionId];
  if (event.replay && known !== undefined && known.version >= version) return course;
  const becomes = (session: Omit<Session, 'version'>, step = false): Course => ({
    sessions: {
      ...course.sessions,
      [sessionId]: { ...session, version: Math.max(known?.version ?? 0, version) },
    },
    steps: step ? [...course.steps, at] : course.steps,
  });
  if (event.name === 'SessionScheduled') return becomes({ startsAt: event.data.startsAt });
  if (known === undefined) return course;
  const { startsAt } = known;
  switch (event.name) {
    case 'SessionRescheduled':
      return becomes({ startsAt: event.data.to.startsAt }, true);
    case 'SessionCancelled':
      return becomes({ startsAt, cancelledAt: at }, event.data.by !== 'cairn');
    case 'SessionCompleted':
      return becomes({ startsAt, outcome: 'held' });
    case 'NoShowRecorded':
      return becomes({ startsAt, outcome: 'no-show' });
    case 'SessionUnconfirmed':
      return becomes({ startsAt, outcome: 'other' });
    case 'OutcomeCorrected': {
      const { to } = event.data;
      if (to.includes('cancel')) return becomes({ startsAt, cancelledAt: known.cancelledAt ?? at });
      const outcome = to === 'completed' ? 'held' : to.endsWith('no-show') ? 'no-show' : 'other';
      return becomes({ startsAt, outcome });
    }
  }
}

/** What its sessions say of the risk, as the signals of reports do: two moves or cancellations, or a no-show, since one was held. */
export function risksOf({ sessions, steps }: Course): Risk[] {
  const all = Object.values(sessions);
  const held = all.filter(({ outcome }) => outcome === 'held').map(({ startsAt }) => startsAt);
  const since = held.sort().at(-1) ?? '';
  const risks: Risk[] = [];
  if (steps.filter((at) => at > since).length >= 2) risks.push('moves-in-a-row');
  if (all.some(({ outcome, startsAt }) => outcome === 'no-show' && startsAt > since)) risks.push('no-show');
  return risks;
}

/** Until when something stood in the calendar: the latest start, or cancellation; null where nothing ever did. */
export const bookedUntil = ({ sessions }: Course): string | null =>
  Object.values(sessions)
    .map(({ startsAt, cancelledAt }) => cancelledAt ?? startsAt)
    .sort()
    .at(-1) ?? null;

export const isBookedAhead = ({ sessions }: Course, at: string): boolean =>
  Object.values(sessions).some(
    ({ startsAt, cancelledAt, outcome }) =>
      cancelledAt === undefined && outcome === undefined && startsAt > at,
  );

export const daysAfter = (at: string, days: number): string =>
  new Date(Date.parse(at) + days * 86_400_000).toISOString();
