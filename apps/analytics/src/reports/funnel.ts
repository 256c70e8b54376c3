import { inStreamOrder } from '../projections/fact.js';
import type { PersonFact } from '../projections/people/person-facts.js';
import type { Reader } from './access.js';
import { personAt } from './as-of/person-at.js';
import { employmentsOf } from './manager-baseline.js';
import { isKnown, type Moment } from './as-of/moment.js';
import { isCompleted } from './as-of/session-at.js';
import type { Participant, ProgramView } from './as-of/view.js';
import { ratioOf, shareOf, type Definition } from './metrics/measure.js';

/** How far a participant came; every stage after the first is of those nominated. */
export const STAGES = ['nominated', 'invited', 'activated', 'matched', 'first-session', 'completed'] as const;
export type Stage = (typeof STAGES)[number];

const reached: Record<Stage, (participant: Participant) => boolean> = {
  nominated: () => true,
  invited: ({ enrollment }) => enrollment.invitations.length > 0,
  activated: ({ enrollment }) => enrollment.activatedAt !== undefined,
  matched: ({ matches }) => matches.some((match) => match.matchedAt !== undefined),
  'first-session': ({ sessions }) => sessions.some(isCompleted),
  completed: ({ enrollment }) => enrollment.status === 'completed',
};

/** Enrolments that reached a stage ÷ enrolments nominated; whoever reached one has done so for good. */
const definitionOf = (stage: Stage): Definition => ({
  id: 'funnel',
  source: 'system',
  looksAt: 'moment',
  overTime: 'grows',
  counts: 'people',
  shares: (view) => view.participants.map((each) => shareOf(each.enrollment, reached[stage](each))),
  value: ratioOf,
});

export const FUNNEL = Object.fromEntries(STAGES.map((stage) => [stage, definitionOf(stage)])) as Readonly<
  Record<Stage, Definition>
>;

/** Where people are now, and why those who left did: counts by status and reason. */
export function standings(view: ProgramView): { status: string; reason: string | null; people: number }[] {
  const groups = Map.groupBy(
    view.participants,
    ({ enrollment }) => `${enrollment.status}\n${enrollment.reason ?? ''}`,
  );
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, participants]) => {
      const [status, reason] = key.split('\n') as [string, string];
      const people = new Set(participants.map(({ personId }) => personId)).size;
      return { status, reason: reason === '' ? null : reason, people };
    });
}

/** Whom the programme's rules let in, by their newest evaluation. */
export const letIn = ({ program }: ProgramView): string[] =>
  [...program.eligible].filter(([, isEligible]) => isEligible).map(([personId]) => personId);

/**
 * How many of the people who are let in, and have not left since, the reader's report includes.
 * @param places what is kept of where these people stood, and of their leaving
 * @param now the present, whatever moment is looked at
 */
export function eligible(
  view: ProgramView,
  { includes }: Reader,
  places: readonly PersonFact[],
  now: Moment,
): number {
  const { program, moment } = view;
  const factsOf = Map.groupBy(places.toSorted(inStreamOrder), (fact) => fact.personId);
  return letIn(view).filter((personId) => {
    const facts = factsOf.get(personId) ?? [];
    const placeAt = (known: Moment) => personAt(facts, program.zone.dayOf(known.at), known);
    const gone = hasLeft(facts, program.zone.dayOf(moment.at), moment);
    return !gone && includes([placeAt(moment), placeAt(now)], personId);
  }).length;
}

/** Whether the person's last day was before that one, and they had not come back by then. */
function hasLeft(facts: readonly PersonFact[], day: string, moment: Moment): boolean {
  const employments = employmentsOf(facts.filter((fact) => isKnown(fact, moment)));
  const begun = employments.filter(({ start }) => start === null || start <= day);
  return begun.length > 0 && begun.every(({ end }) => end !== null && end < day);
}
