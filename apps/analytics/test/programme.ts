import type { CoachFact } from '../src/projections/programs/coach-facts.js';
import type { EngagementFact } from '../src/projections/participation/engagement-facts.js';
import type { EnrollmentFact } from '../src/projections/participation/enrollment-facts.js';
import type { GoalFact } from '../src/projections/participation/goal-facts.js';
import type { MatchFact } from '../src/projections/participation/match-facts.js';
import type { OpinionFact } from '../src/projections/opinions/opinion-facts.js';
import type { PersonFact } from '../src/projections/people/person-facts.js';
import type { ProgramFact, ProgramValues } from '../src/projections/programs/program-facts.js';
import type { SessionFact } from '../src/projections/participation/session-facts.js';
import { momentOf } from '../src/reports/as-of/moment.js';
import {
  historyOf,
  type ProgramFacts,
  type ProgramHistory,
  type ProgramView,
} from '../src/reports/as-of/view.js';

/** What one stream says, told in a line each: when (day and time in 2026, UTC), and what. */
type Said<F> = F extends { fact: string }
  ? Omit<F, 'stream' | 'version' | 'index' | 'occurredAt' | 'recordedAt' | Ref>
  : never;
type Ref =
  | 'enrollmentId'
  | 'programId'
  | 'cohortId'
  | 'personId'
  | 'engagementId'
  | 'coachId'
  | 'sessionId'
  | 'goalId'
  | 'matchId';
type Told<F> = readonly [at: string | number, said: Said<F>];

export const at = (text: string | number): number =>
  typeof text === 'number'
    ? text
    : Date.parse(`2026-${text.includes(' ') ? text.replace(' ', 'T') : `${text}T00:00`}:00.000Z`);

const PROGRAM = 'program';
let streams = 0;

function stream<F>(refs: object, told: readonly Told<F>[]): F[] {
  const name = `stream-${String(streams++).padStart(6, '0')}`;
  return told.map(([when, said], n) => ({
    stream: name,
    version: n + 1,
    index: 0,
    occurredAt: at(when),
    recordedAt: at(when),
    ...refs,
    ...(said as object),
  })) as F[];
}

const VALUES: ProgramValues = {
  name: 'Leading well',
  track: 'manager',
  startsOn: '2026-01-05',
  endsOn: '2026-12-31',
  zone: 'UTC',
  cadence: 'bi-weekly',
  allotment: 6,
  capacity: 100,
  activationDays: 14,
  sessionPolicy: {
    version: 1,
    noticeHours: 24,
    lateCancelForfeits: true,
    noShowForfeits: true,
    silenceHours: 72,
    disputeHours: 72,
  },
  minimumGroup: 5,
  themes: ['giving-feedback', 'navigating-conflict'],
  costPerSession: { amount: 200, currency: 'EUR' },
  pricingModel: 'session',
  managersSeeParticipation: false,
};

/** Builds the facts of one programme for a spec. */
export class Programme {
  readonly program: ProgramFact[];
  private readonly enrollments: EnrollmentFact[] = [];
  private readonly matches: MatchFact[] = [];
  private readonly engagements: EngagementFact[] = [];
  private readonly sessions: SessionFact[] = [];
  private readonly goals: GoalFact[] = [];
  private readonly people: PersonFact[] = [];
  readonly opinions: OpinionFact[] = [];
  readonly coaches: CoachFact[] = [];
  private readonly nth = new Map<string, number>();

  constructor(values: Partial<ProgramValues> = {}) {
    this.program = stream<ProgramFact>({ programId: PROGRAM }, [
      ['01-01', { fact: 'created', values: { ...VALUES, ...values } } as Said<ProgramFact>],
    ]);
  }

  person(
    personId: string,
    said: Partial<Said<PersonFact & { fact: 'added' }>> & { managerId?: string } = {},
    later: readonly Told<PersonFact>[] = [],
  ): this {
    this.people.push(
      ...stream<PersonFact>({ personId }, [
        [
          0,
          {
            fact: 'added',
            day: '2020-01-01',
            placeholder: false,
            level: 'manager',
            ...said,
          } as Said<PersonFact>,
        ],
        ...later,
      ]),
    );
    return this;
  }

  /** New values, said on their first day. */
  changed(day: string, values: Partial<ProgramValues>): this {
    const [created] = this.program;
    this.program.push({
      ...created!,
      fact: 'changed',
      version: this.program.length + 1,
      occurredAt: at(day),
      recordedAt: at(day),
      day: `2026-${day}`,
      values,
    });
    return this;
  }

  /** Cohorts that are open from the beginning. */
  opened(...cohorts: string[]): this {
    for (const cohortId of cohorts)
      this.program.push({
        ...this.program[0]!,
        fact: 'cohortOpened',
        version: this.program.length + 1,
        day: '2026-01-01',
        cohortId,
        name: cohortId,
      });
    return this;
  }

  /** Nominated on 5 January, or another day; what follows is told. Somebody who is enrolled again needs another `enrollmentId`. */
  enrolled(
    person: string,
    told: readonly Told<EnrollmentFact>[],
    cohortId = 'A',
    enrollmentId = refsOf(person).enrollmentId,
    day = '01-05',
  ): this {
    const refs = { ...refsOf(person), cohortId, enrollmentId };
    this.enrollments.push(...stream<EnrollmentFact>(refs, [[day, { fact: 'nominated' }], ...told]));
    return this;
  }

  /** Invited and activated on a day. */
  active(person: string, day = '01-05', told: readonly Told<EnrollmentFact>[] = [], cohortId = 'A'): this {
    return this.enrolled(
      person,
      [
        [day, { fact: 'invited', deadline: at(day) + 14 * 86_400_000 }],
        [day, { fact: 'activated' }],
        ...told,
      ],
      cohortId,
    );
  }

  matched(person: string, told: readonly Told<MatchFact>[]): this {
    this.matches.push(...stream<MatchFact>({ ...refsOf(person), matchId: `match ${person}` }, told));
    return this;
  }

  coach(coachId: string, told: readonly Told<CoachFact>[]): this {
    this.coaches.push(...stream<CoachFact>({ coachId }, told));
    return this;
  }

  /** One session of an hour. */
  session(
    person: string,
    starts: string,
    told: readonly Told<SessionFact>[] = [],
    booked: string | number = at(starts) - 3 * 86_400_000,
    coachId = 'coach',
  ): this {
    const startsAt = at(starts);
    this.sessions.push(
      ...stream<SessionFact>({ ...this.refsOf(person), coachId, sessionId: `session ${streams}` }, [
        [booked, { fact: 'scheduled', by: 'coach', startsAt, endsAt: startsAt + 3_600_000 }],
        ...told,
      ]),
    );
    return this;
  }

  held(person: string, ...starts: string[]): this {
    for (const start of starts)
      this.session(person, start, [[at(start) + 3_700_000, { fact: 'completed', auto: false }]]);
    return this;
  }

  /** What is told of the person from here on is of another engagement. */
  rematched(person: string): this {
    this.nth.set(person, (this.nth.get(person) ?? 1) + 1);
    return this;
  }

  engagement(person: string, told: readonly Told<EngagementFact>[]): this {
    this.engagements.push(...stream<EngagementFact>(this.refsOf(person), told));
    return this;
  }

  goal(person: string, told: readonly Told<GoalFact>[]): this {
    this.goals.push(...stream<GoalFact>({ ...this.refsOf(person), goalId: `goal ${streams}` }, told));
    return this;
  }

  /** An opinion of a person; learnt when it is said. */
  thinks(person: string, when: string, said: Said<OpinionFact>): this {
    this.opinions.push(...stream<OpinionFact>(refsOf(person), [[when, said]]));
    return this;
  }

  /** Rates a session, alike in all items. */
  rated(person: string, when: string, score: number): this {
    return this.thinks(person, when, {
      fact: 'rated',
      sessionId: `session of ${person}`,
      useful: score,
      relationship: score,
      progress: score,
    } as Said<OpinionFact>);
  }

  /** Has a session with a coach, and rates it that day. */
  ratedOf(coachId: string, person: string, starts: string, score: number): this {
    const ends = at(starts) + 3_700_000;
    this.session(person, starts, [[ends, { fact: 'completed', auto: false }]], undefined, coachId);
    const { sessionId } = this.sessions.at(-1)!;
    const scores = { useful: score, relationship: score, progress: score };
    this.opinions.push(
      ...stream<OpinionFact>({ ...refsOf(person), sessionId }, [
        [ends + 1, { fact: 'rated', ...scores } as Said<OpinionFact>],
      ]),
    );
    return this;
  }

  /** A pulse about the goal that was told last, before the session that was. */
  pulse(person: string, told: readonly Told<GoalFact>[]): this {
    const { goalId } = this.goals.findLast((fact) => fact.fact === 'proposed')!;
    const { sessionId } = this.sessions.at(-1)!;
    this.goals.push(...stream<GoalFact>({ ...this.refsOf(person), goalId, sessionId }, told));
    return this;
  }

  private refsOf(person: string) {
    const refs = refsOf(person);
    const nth = this.nth.get(person);
    return nth === undefined ? refs : { ...refs, engagementId: `${refs.engagementId} ${nth}` };
  }

  get facts(): ProgramFacts {
    const { program, enrollments, matches, engagements, sessions, goals, people, coaches } = this;
    return { program, enrollments, matches, engagements, sessions, goals, people, coaches };
  }

  get history(): ProgramHistory {
    return historyOf(this.facts);
  }

  asOf(when: string): ProgramView {
    return this.history(momentOf(at(when), 'occurredAt'))!;
  }
}

const refsOf = (person: string) => ({
  enrollmentId: `enrollment ${person}`,
  programId: PROGRAM,
  cohortId: 'A',
  personId: person,
  engagementId: `engagement ${person}`,
  coachId: 'coach',
});
