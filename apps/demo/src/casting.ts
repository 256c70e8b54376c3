import type { Around } from './around.js';
import { addDays, daysBetween, type Day } from './days.js';
import { declinerOf, ZONE, type Coachee, type Cohort, type Programme } from './programme.js';
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
  /** Whom raters answer pulses about, twice. */
  readonly pulsed: readonly Coachee[];
  /** Who is assessed, before and after; of the first, fewer of the team answer than can be shown. */
  readonly assessed: readonly Coachee[];
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
/** Each is fifty commands more; of one small cohort nothing is told, however many are asked. */
const MOST_ASSESSED = { inOneCohort: 2, inTwo: 10 };

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
  const [silent, pauses, leaves, fourth] = matched as [Coachee, Coachee, Coachee, Coachee];
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
  const staying = matched.filter((coachee) => coachee !== silent && coachee !== leaves);
  const assessed = staying
    .filter(({ personId }) => around[personId]!.team.length === RATERS)
    .slice(0, MOST_ASSESSED[cohorts.length < 2 ? 'inOneCohort' : 'inTwo']);
  // Whoever pauses or has another coach may have too few sessions to be asked about twice.
  const pulsed = assessed.filter((coachee) => steady.includes(coachee));
  const modest = cohorts[1];
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
        hasRaters: pulsed.includes(coachee),
        modest: cohortId === modest?.cohortId,
        ...(coachee === leaves && { leavesOn }),
        ...(fates.has(employeeId) && { fates: fates.get(employeeId)! }),
        ...(assessed.includes(coachee) && {
          assessed: {
            byManager: around[personId]!.managerId !== null,
            answering: coachee === assessed[0] ? RATERS - 1 : RATERS,
          },
        }),
      };
      return [employeeId, storyOf(seed, of)];
    }),
  );
  const dayOfSession = ({ employeeId }: Coachee, n: number) => stories.get(employeeId)!.days.get(n);
  return {
    middle,
    stories,
    pulsed,
    assessed,
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
