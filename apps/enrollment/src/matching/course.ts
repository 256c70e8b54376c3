import type { ReceivedEvent } from '@cairn/messaging';
import type { Risk } from './match.events.js';

/** What became of a session: held, missed, or judged to be neither; nothing while it is open, nor where it was cancelled. */
type Outcome = 'held' | 'no-show' | 'other';

interface Session {
  /** The highest heard of its stream: what comes again in a replay changes nothing. */
  readonly version: number;
  readonly startsAt: string;
  /** When it was called off. It was not, where there is an outcome: a correction may say so, and another take that back. */
  readonly cancelledAt?: string;
  /** One of the two cancelled it. Of what was heard before this was kept, `steps` has it. */
  readonly calledOff?: true;
  readonly outcome?: Outcome;
  readonly disputed?: true;
}

/** The course that the sessions of one engagement take, as far as it has been heard of. */
export interface Course {
  readonly sessions: Readonly<Record<string, Session>>;
  /** When one of the two moved a session. */
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
  'SessionDisputed',
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
  const becomes = (session: Omit<Session, 'version'>, moved = false): Course => ({
    sessions: {
      ...course.sessions,
      [sessionId]: { ...session, version: Math.max(known?.version ?? 0, version) },
    },
    steps: moved ? [...course.steps, at] : course.steps,
  });
  if (event.name === 'SessionScheduled') return becomes({ startsAt: event.data.startsAt });
  if (known === undefined) return course;
  const { outcome: _, disputed: __, ...session } = known;
  switch (event.name) {
    case 'SessionRescheduled':
      return becomes({ startsAt: event.data.to.startsAt }, true);
    case 'SessionCancelled':
      return becomes({
        startsAt: known.startsAt,
        cancelledAt: at,
        ...(event.data.by !== 'cairn' && { calledOff: true as const }),
      });
    case 'SessionCompleted':
      return becomes({ ...session, outcome: 'held' });
    case 'NoShowRecorded':
      return becomes({ ...session, outcome: 'no-show' });
    case 'SessionUnconfirmed':
      return becomes({ ...session, outcome: 'other' });
    case 'SessionDisputed':
      return becomes({ ...known, disputed: true });
    case 'OutcomeCorrected': {
      const { to } = event.data;
      // Nobody knows when, of what was not cancelled before: it makes no step, and was in the calendar to its start.
      if (to.includes('cancel')) return becomes({ cancelledAt: known.startsAt, ...session });
      const outcome = to === 'completed' ? 'held' : to.endsWith('no-show') ? 'no-show' : 'other';
      return becomes({ ...session, outcome });
    }
  }
}

/** The instant of its cancellation, where none of the outcomes came of it. */
const cancellation = ({ cancelledAt, outcome }: Session): string | undefined =>
  outcome === undefined ? cancelledAt : undefined;

/**
 * What its sessions say of the risk, as the signals of reports do: two moves or cancellations, or a no-show, since one was held.
 * A disputed outcome is none until it is corrected.
 */
export function risksOf({ sessions, steps }: Course): Risk[] {
  const all = Object.values(sessions);
  const were = (what: Outcome) => all.filter(({ outcome, disputed }) => outcome === what && !disputed);
  const since =
    were('held')
      .map(({ startsAt }) => startsAt)
      .sort()
      .at(-1) ?? '';
  const cancelled = all.flatMap((session) => (session.calledOff ? (cancellation(session) ?? []) : []));
  const risks: Risk[] = [];
  if ([...steps, ...cancelled].filter((at) => at > since).length >= 2) risks.push('moves-in-a-row');
  if (were('no-show').some(({ startsAt }) => startsAt > since)) risks.push('no-show');
  return risks;
}

/** Until when something stood in the calendar: the latest start, or cancellation; null where nothing ever did. */
export const bookedUntil = ({ sessions }: Course): string | null =>
  Object.values(sessions)
    .map((session) => cancellation(session) ?? session.startsAt)
    .sort()
    .at(-1) ?? null;

export const daysAfter = (at: string, days: number): string =>
  new Date(Date.parse(at) + days * 86_400_000).toISOString();
