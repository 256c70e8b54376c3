import type { noFacts, OpinionFact, ProgramFacts } from '@cairn/analytics/reports';
import type { Random } from '@cairn/seeded';
import { dateOf, dayAt, DAYS } from './days.js';

export const PROGRAM = 'program';
export const THEMES = ['giving-feedback', 'navigating-conflict', 'delegating'];

export type Refs = Pick<
  ProgramFacts['sessions'][number],
  'enrollmentId' | 'programId' | 'cohortId' | 'personId' | 'engagementId' | 'coachId'
>;
type Said = OpinionFact extends infer F ? (F extends { fact: string } ? Omit<F, keyof Refs | 'stream' | 'version' | 'index' | 'occurredAt' | 'recordedAt'> : never) : never; // prettier-ignore

/** Who is the manager that asks. */
export const MANAGER = 'p0';

interface Place {
  readonly department: string;
  readonly location: string;
}
/** Whether somebody reports to that manager, and later on, from a day. */
export interface Reports {
  readonly to: boolean;
  readonly later?: boolean;
  readonly from: number;
}
interface Found {
  readonly asked: number;
  readonly after: number;
  /** Taken back meanwhile, and opened anew later. */
  readonly anew: boolean;
  readonly ends?: number;
}
type Outcome = 'held' | 'missed' | 'cancelled' | 'disputed' | 'corrected';
type Party = 'coachee' | 'coach';

function whose(refs: Refs) {
  const { engagementId: _, coachId: __, ...own } = refs;
  return own;
}

export type Teller = ReturnType<typeof teller>;

/** Writes facts down, each as its stream says them. */
export function teller(facts: ReturnType<typeof noFacts>, opinions: OpinionFact[]) {
  const versions = new Map<string, number>();
  const stamp = (stream: string, day: number, late = 0) => {
    const version = (versions.get(stream) ?? 0) + 1;
    versions.set(stream, version);
    return { stream, version, index: 0, occurredAt: dayAt(day), recordedAt: dayAt(day + late) };
  };
  /** Of a stream, one thing after the other. */
  const sayOf = (list: unknown[], stream: string, of: object) => (day: number, said: object) =>
    void list.push({ ...stamp(stream, day), ...of, ...said });
  return {
    program(minimumGroup: number, dice: Random) {
      const values = {
        name: 'Leading well',
        track: 'manager',
        startsOn: dateOf(0),
        endsOn: dateOf(DAYS),
        zone: dice.pick(['UTC', 'Europe/Berlin', 'America/Los_Angeles']),
        cadence: 'bi-weekly',
        allotment: 12,
        costPerSession: { amount: 200, currency: 'EUR' },
        capacity: 100,
        activationDays: 14,
        minimumGroup,
        themes: THEMES,
        pricingModel: 'session',
        managersSeeParticipation: false,
      };
      const of = { programId: PROGRAM };
      facts.program.push({ ...stamp(PROGRAM, -3), ...of, fact: 'created', values } as never);
      if (!dice.chance(0.4)) return;
      const day = dice.between(40, 150);
      const raised = { minimumGroup: minimumGroup + dice.between(1, 2) };
      facts.program.push({
        ...stamp(PROGRAM, day),
        ...of,
        fact: 'changed',
        day: dateOf(day),
        values: raised,
      });
    },
    cohort(cohortId: string) {
      const said = { programId: PROGRAM, cohortId, name: cohortId, day: dateOf(0) };
      facts.program.push({ ...stamp(`cohort ${cohortId}`, -2), ...said, fact: 'cohortOpened' });
    },
    person(personId: string, place: Place, reports: Reports, dice: Random) {
      const managers = [reports.to, reports.later ?? reports.to].map((is) =>
        is ? MANAGER : 'somebody else',
      );
      const level = dice.pick(['manager', 'director']);
      const said = { personId, ...place, level, managerId: managers[0] };
      const startedOn = dice.pick(['2012-01-01', '2025-07-01']);
      const first = { fact: 'added', day: startedOn, placeholder: false };
      facts.people.push({ ...stamp(`person ${personId}`, -4), ...said, ...first } as never);
      // Another department, from before the nomination, learnt of late.
      if (dice.chance(0.05)) {
        const moved = { fact: 'changed', kind: 'moved', day: dateOf(-10), personId, department: 'Sales' };
        facts.people.push({ ...stamp(`person ${personId}`, -3, dice.between(20, 120)), ...moved } as never);
      }
      if (managers[0] === managers[1]) return;
      const changed = { fact: 'changed', kind: 'managerChanged', day: dateOf(reports.from), personId };
      const stamped = stamp(`person ${personId}`, reports.from);
      facts.people.push({ ...stamped, ...changed, managerId: managers[1] } as never);
    },
    enrolled(refs: Refs, joins: number, leaves: number) {
      const say = sayOf(facts.enrollments, refs.enrollmentId, whose(refs));
      say(joins - 1, { fact: 'nominated' });
      say(joins - 0.9, { fact: 'invited', deadline: dayAt(joins + 14) });
      say(joins, { fact: 'activated' });
      if (leaves < DAYS) say(leaves, { fact: 'discontinued', reason: 'too-busy' });
    },
    /** Nominated, and never there. */
    absent(refs: Refs, day: number, why: 'not invited' | 'declined' | 'expired') {
      const say = sayOf(facts.enrollments, refs.enrollmentId, whose(refs));
      const deadline = dayAt(day + 15);
      say(day, { fact: 'nominated' });
      if (why === 'not invited') return;
      say(day + 1, { fact: 'invited', deadline });
      if (why === 'declined') say(day + 3, { fact: 'declined', reason: 'too-busy' });
      else say(day + 15.5, { fact: 'expired', deadline });
    },
    /** Asked for on a day, found so many days later, and ended on another. */
    match(refs: Refs, kind: 'first' | 'rematch', days: Found, score: number) {
      const { coachId } = refs;
      const request = (day: number, nth: 'once' | 'anew') => {
        const matchId = `match ${refs.personId} ${kind} ${nth}`;
        const say = sayOf(facts.matches, matchId, { ...whose(refs), matchId });
        say(day, { fact: 'requested', kind });
        return say;
      };
      let say = request(days.asked, 'once');
      if (days.anew) {
        say(days.asked + days.after / 4, { fact: 'withdrawn', reason: 'too-busy' });
        say = request(days.asked + days.after / 2, 'anew');
      }
      say(days.asked + days.after, { fact: 'matched', coachId, score });
      if (days.ends !== undefined) say(days.ends, { fact: 'ended', coachId, reason: 'rematch' });
    },
    session(refs: Refs, sessionId: string, day: number, outcome: Outcome, moved: boolean, by: Party) {
      const times = { startsAt: dayAt(day), endsAt: dayAt(day + 1 / 24) };
      const say = sayOf(facts.sessions, sessionId, { ...refs, sessionId });
      say(day - 2, { fact: 'scheduled', by: 'coach', ...times });
      if (moved) say(day - 1, { fact: 'moved', by, ...times });
      if (outcome === 'cancelled')
        return say(day - 0.1, { fact: 'cancelled', by, late: true, forfeited: true });
      if (outcome === 'missed') return say(day + 1 / 12, { fact: 'noShow', by, forfeited: true });
      say(day + 1 / 12, { fact: 'completed', auto: false });
      if (outcome === 'held') return;
      say(day + 2, { fact: 'disputed', by });
      if (outcome === 'corrected')
        say(day + 30, { fact: 'corrected', outcome: `${by}-no-show`, forfeited: true });
    },
    goal(refs: Refs, goalId: string, day: number, dice: Random) {
      const say = sayOf(facts.goals, goalId, { ...refs, goalId });
      const aim = { theme: dice.pick(THEMES), weight: dice.between(1, 3), targetDate: dateOf(day + 90) };
      say(day, { fact: 'proposed', ...aim });
      say(day + 0.1, { fact: 'agreed', ...aim });
    },
    /** Where a goal begins by the coachee's own scale, how it goes on, and how it ends, if it does. */
    attained(refs: Refs, goalId: string, day: number, dice: Random, closes?: number) {
      const say = sayOf(facts.goals, goalId, { ...refs, goalId });
      say(day + 0.2, { fact: 'scaled', level: dice.pick([-2, -1, -1, 0]) });
      const checked = day + dice.between(5, 60);
      if (checked < (closes ?? DAYS)) say(checked, { fact: 'checkedIn', by: 'coachee', movement: 'steady' });
      if (closes === undefined) return;
      if (dice.chance(0.8)) say(closes, { fact: 'scored', level: dice.between(-2, 2), moment: 'closing' });
      say(closes, {
        fact: 'closed',
        outcome: dice.pick(['attained', 'attained', 'partlyAttained', 'dropped']),
      });
    },
    opinion(refs: Refs, day: number, late: number, said: Said) {
      const stream =
        'sessionId' in said
          ? said.sessionId
          : 'goalId' in said
            ? said.goalId
            : 'results' in said
              ? `assessments ${refs.personId}`
              : `${refs.enrollmentId} ${said.fact}`;
      opinions.push({ ...stamp(stream, day, late), ...whose(refs), ...said });
    },
  };
}
