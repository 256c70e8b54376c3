import type { Around } from './around.js';
import { addDays, daysBetween, type Day } from './days.js';
import { declinerOf, MINIMUM_GROUP, ZONE, type Coachee, type Cohort, type Programme } from './programme.js';
import { FAILING, FATES, type Cast, type Fate, type Part } from './story/cast.js';
import { RATERS } from './story/heard.js';
import { storyOf, type Story } from './story/story.js';

/** What was planted, to be told against what Cairn finds. */
export interface Planted {
  readonly declines: Coachee;
  readonly silent: { readonly coachee: Coachee; readonly from: Day };
  readonly pauses: Coachee;
  readonly leaves: { readonly coachee: Coachee; readonly on: Day };
  /** One session of every kind, as far as there are coachees and months for it. */
  readonly sessions: readonly { readonly coachee: Coachee; readonly fate: Fate; readonly day: Day }[];
  /** Whose match fails, and the day of the session after which they have another coach; nobody where people are few. */
  readonly fails?: { readonly coachee: Coachee; readonly on: Day };
  /** Whom raters answer pulses about. */
  readonly pulsed: readonly Coachee[];
  /** Whose raters never answer one; nobody where there is no team or time for it. */
  readonly unheard?: Coachee;
  /** Who is assessed, before and after. */
  readonly assessed: readonly Coachee[];
  /** Of whose team fewer answer an assessment than can be shown. */
  readonly few?: Coachee;
  /** The cohort that others see improve, and that itself sees nothing of it. */
  readonly modest?: Cohort;
  readonly around: Readonly<Record<string, Around>>;
  readonly stories: ReadonlyMap<string, Story>;
  /** The day of the second HR file. */
  readonly middle: Day;
}

const CADENCE_DAYS = 14;
/** Fewer are too few to have one whose match fails beside the others. */
const ENOUGH_TO_FAIL = 7;
/** An hour that none of a coach's coachees has: of a coach before and one after. */
const SLOT_OF_TWO = 7;
/** Of each cohort. Each is fifty commands more: as many as are told of beside another cohort, and of one alone only some. */
const MOST_ASSESSED = { inOneCohort: 2, inTwo: MINIMUM_GROUP };
/** A signal that is looked for every week has to last as long. */
const WEEK = 7;

/**
 * Casts everybody who was matched, four or more: one goes silent, one pauses, one leaves half way, one has another coach,
 * the others go on and are heard of from their team.
 */
export function cast(
  programme: Programme,
  coachees: readonly Coachee[],
  around: Planted['around'],
  seed: number,
): Planted {
  const { matchedOn, endsOn, allotment, themes, startsOn, cohorts } = programme;
  const matched = coachees.filter(({ coachId }) => coachId !== undefined);
  const middle = addDays(startsOn, Math.floor(daysBetween(startsOn, endsOn) / 2));
  const isOf = (cohort: Cohort | undefined) => (coachee: Coachee) => coachee.cohortId === cohort?.cohortId;
  const [silent, pauses, third, fourth] = matched as [Coachee, Coachee, Coachee, Coachee];
  // Of each cohort one is not heard of to the end: more could have answered than are told of.
  const leaves = matched.find(isOf(cohorts[1])) ?? third;
  const fails = matched.length < ENOUGH_TO_FAIL ? undefined : fourth;
  const leavesOn = addDays(middle, -3);
  const parts = new Map<Coachee | undefined, Part>([
    [silent, 'silent'],
    [pauses, 'pauses'],
    [leaves, 'leaves'],
    [fails, 'fails'],
  ]);
  const steady = matched.filter((coachee) => !parts.has(coachee));
  const fates = fatesOf(steady);
  if (fails) fates.set(fails.employeeId, new Map([[1, FAILING]]));
  // In few months there is no time to ask about the goal of whose match failed.
  const staying = [pauses, ...steady, ...(fails ? [fails] : [])];
  const hasTeam = ({ personId }: Coachee) => around[personId]!.team.length === RATERS;
  const most = MOST_ASSESSED[cohorts.length < 2 ? 'inOneCohort' : 'inTwo'];
  const assessed = cohorts.flatMap((cohort) => staying.filter(isOf(cohort)).filter(hasTeam).slice(0, most));
  // What a manager says is shown, whoever else answers.
  const few = assessed.find(({ personId }) => around[personId]!.managerId !== null);
  // Asked before their second session; it is held, or cancelled sessions would be asked about.
  if (hasTeam(leaves)) fates.set(leaves.employeeId, new Map([[1, 'held']]));
  const slots = new Map<string, number>();
  const slotOf = ({ coachId }: Coachee): number => {
    const slot = slots.get(coachId!) ?? 0;
    slots.set(coachId!, slot + 1);
    return slot;
  };
  const stories = new Map(
    matched.map((coachee) => {
      const { employeeId, personId, cohortId } = coachee;
      const of: Cast = {
        reference: employeeId,
        part: parts.get(coachee) ?? 'steady',
        matchedOn,
        endsOn,
        cadenceDays: CADENCE_DAYS,
        allotment,
        zone: ZONE,
        slot: coachee === fails ? SLOT_OF_TWO : slotOf(coachee),
        themes,
        modest: cohortId === cohorts[1]?.cohortId,
        ...(assessed.includes(coachee) && { raters: 'answer' }),
        ...(coachee === leaves && hasTeam(leaves) && { raters: 'never answer' }),
        ...(coachee === leaves && { leavesOn }),
        ...(fates.has(employeeId) && { fates: fates.get(employeeId)! }),
        ...(assessed.includes(coachee) && {
          assessed: {
            byManager: around[personId]!.managerId !== null,
            answering: coachee === few ? RATERS - 1 : RATERS,
          },
        }),
      };
      return [employeeId, storyOf(seed, of)];
    }),
  );
  const dayOfSession = ({ employeeId }: Coachee, n: number) => stories.get(employeeId)!.days.get(n);
  const pulsed = assessed.filter(({ employeeId }) =>
    stories.get(employeeId)!.steps.some(({ kind }) => kind === 'pulse'),
  );
  const areEnough = cohorts.every((cohort) => pulsed.filter(isOf(cohort)).length >= MINIMUM_GROUP);
  const modest = areEnough ? cohorts[1] : undefined;
  const second = dayOfSession(leaves, 1);
  const isUnheard = hasTeam(leaves) && second !== undefined && addDays(second, WEEK) < leavesOn;
  return {
    middle,
    stories,
    pulsed,
    assessed,
    ...(few && { few }),
    ...(isUnheard && { unheard: leaves }),
    around,
    sessions: steady.flatMap((coachee) =>
      [...fates.get(coachee.employeeId)!].flatMap(([n, fate]) => {
        const day = dayOfSession(coachee, n);
        return day === undefined ? [] : [{ coachee, fate, day }];
      }),
    ),
    declines: declinerOf(coachees),
    silent: { coachee: silent, from: stories.get(silent.employeeId)!.silentFrom! },
    pauses,
    leaves: { coachee: leaves, on: leavesOn },
    ...(fails && { fails: { coachee: fails, on: dayOfSession(fails, 1)! } }),
    ...(modest && { modest }),
  };
}

/** One session of every kind, by coachee and number. */
function fatesOf(steady: readonly Coachee[]): Map<string, Map<number, Fate>> {
  const fates = new Map(steady.map(({ employeeId }) => [employeeId, new Map<number, Fate>()]));
  for (const [index, fate] of FATES.entries()) {
    const coachee = steady[index % steady.length]!;
    // Every other session of the same coachee, so that each is held again in between.
    fates.get(coachee.employeeId)!.set(1 + 2 * Math.floor(index / steady.length), fate);
  }
  return fates;
}
